func checkSeparation(_ reference: MetricsReference, _ check: MetricsCheck) throws {}
func checkMelody(_ reference: MetricsReference, _ check: MetricsCheck) throws {}
func checkEvents(_ reference: MetricsReference, _ check: MetricsCheck) throws {}
