import Foundation
import GRDB

/// Points of one metric as three columns of equal length.
struct PointColumns: Sendable, Equatable {
    var steps: [Int] = []
    /// Microseconds since 1970.
    var times: [Int64] = []
    var values: [Double] = []

    var count: Int { steps.count }
    var isEmpty: Bool { steps.isEmpty }

    mutating func append(step: Int, time: Int64, value: Double) {
        steps.append(step)
        times.append(time)
        values.append(value)
    }

    mutating func append(_ other: PointColumns) {
        steps += other.steps
        times += other.times
        values += other.values
    }

    subscript(range: Range<Int>) -> PointColumns {
        PointColumns(
            steps: Array(steps[range]), times: Array(times[range]), values: Array(values[range]))
    }

    /// Whether every step is greater than the one before.
    var isAscending: Bool {
        zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// By step; of points with the same step the last one stays.
    var sortedKeepingLast: PointColumns {
        if isAscending { return self }
        let order = steps.indices.sorted { (steps[$0], $0) < (steps[$1], $1) }
        var sorted = PointColumns()
        for (place, index) in order.enumerated() {
            if place + 1 < order.count, steps[order[place + 1]] == steps[index] { continue }
            sorted.append(step: steps[index], time: times[index], value: values[index])
        }
        return sorted
    }

    /// The points before a step; both columns must be sorted by step.
    func before(step: Int) -> PointColumns {
        self[0..<(steps.firstIndex { $0 >= step } ?? count)]
    }

    /// Pieces of nearly equal length, none longer than `capacity`.
    func pieces(capacity: Int) -> [PointColumns] {
        let pieces = (count + capacity - 1) / capacity
        return (0..<pieces).map { self[$0 * count / pieces..<($0 + 1) * count / pieces] }
    }
}

/// Columns of a chunk as the database keeps them: 8-byte numbers one after another, most significant byte first.
///
/// Whole numbers are stored as the Doubles of the same value, which is exact below 2^53 (steps; microseconds until
/// the year 2255), so that one function decodes all columns in plain SQL.
enum PackedColumn {
    /// The SQL function `ieee754_from_blob(BLOB)`: the number that 8 bytes stand for, NULL for NaN; under the name
    /// that the shell of SQLite gives it.
    static let decoder = DatabaseFunction("ieee754_from_blob", argumentCount: 1, pure: true) { arguments in
        guard case .blob(let data) = arguments[0].storage, data.count == 8 else { return nil }
        var number: [Double] = []
        unpack(data, into: &number)
        return number[0]
    }

    static func pack(_ values: [Double]) -> Data {
        values.map { $0.bitPattern.bigEndian }.withUnsafeBytes { Data($0) }
    }

    static func pack<Whole: BinaryInteger>(_ values: [Whole]) -> Data {
        values.map { Double($0).bitPattern.bigEndian }.withUnsafeBytes { Data($0) }
    }

    /// Appends the numbers of a packed column to a list.
    static func unpack(_ data: Data, into values: inout [Double]) {
        data.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                values.append(Double(bitPattern: UInt64(bigEndian: word)))
            }
        }
    }

    /// Appends the whole numbers of a packed column to a list; what is none, which no chunk holds, becomes 0.
    static func unpack<Whole: FixedWidthInteger>(_ data: Data, into values: inout [Whole]) {
        data.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                values.append(Whole(exactly: Double(bitPattern: UInt64(bigEndian: word))) ?? 0)
            }
        }
    }
}
