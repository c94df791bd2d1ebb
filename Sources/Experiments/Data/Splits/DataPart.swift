import Audio

/// Training, validation or test: `Audio.DataSplit`, under a name that no other module has.
public typealias DataPart = Audio.DataSplit
