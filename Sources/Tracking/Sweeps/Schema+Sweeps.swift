extension Schema {
    /// What trials need beside migration 3: their names, what befell them, and the values at the rungs of pruning.
    static let migrationSweeps = """
        ALTER TABLE trials ADD COLUMN label TEXT;
        ALTER TABLE trials ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0 CHECK (crashes >= 0);
        ALTER TABLE trials ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0);
        CREATE INDEX trials_by_state ON trials (sweep_id, state, no);
        CREATE INDEX sweeps_by_hash ON sweeps (spec_hash);

        CREATE TABLE trial_rungs (
            sweep_id INTEGER NOT NULL,
            no INTEGER NOT NULL,
            rung INTEGER NOT NULL CHECK (rung >= 0),
            value REAL NOT NULL,
            PRIMARY KEY (sweep_id, no, rung),
            FOREIGN KEY (sweep_id, no) REFERENCES trials (sweep_id, no) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        """
}
