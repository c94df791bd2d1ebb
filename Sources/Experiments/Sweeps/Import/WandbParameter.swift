import Foundation
import StrictJSON

/// A parameter of a Weights & Biases sweep, as what our sweeps call it: a value that all trials share, or a domain.
struct WandbParameter {
    enum Meaning {
        case shared(JSONValue)
        case domain(ParameterDomain)
    }

    private let object: JSONObject
    private let path: JSONPath
    /// Which keys the distribution has looked at; others are refused.
    private var used: Set<String> = ["distribution"]

    private init(_ object: JSONObject, _ path: JSONPath) {
        self.object = object
        self.path = path
    }

    static func read(_ json: JSONValue, at path: JSONPath) throws -> Meaning {
        guard let object = json.objectValue else {
            throw JSONError(
                at: path,
                "expected an object with \"value\", \"values\" or \"min\" and \"max\", found \(json.summary)")
        }
        var parameter = WandbParameter(object, path)
        let meaning = try parameter.meaning()
        for key in object.keys where !parameter.used.contains(key) {
            throw JSONError(
                at: path.appending(key),
                "\(quoted(key)) does not go with the distribution \(quoted(try parameter.kind()))")
        }
        return meaning
    }

    /// The distribution that is named, else the one that the other keys imply.
    private func kind() throws -> String {
        if let named = object["distribution"] {
            return try String.decode(named, at: path.appending("distribution"), onto: nil)
        }
        if object["value"] != nil { return "constant" }
        if object["values"] != nil {
            return object["probabilities"] == nil ? "categorical" : "categorical_w_probabilities"
        }
        guard object["min"] != nil, object["max"] != nil else {
            throw JSONError(at: path, "there is neither \"value\" nor \"values\" nor \"min\" and \"max\"")
        }
        return object["min"]?.intValue != nil && object["max"]?.intValue != nil ? "int_uniform" : "uniform"
    }

    private mutating func meaning() throws -> Meaning {
        let kind = try kind()
        switch kind {
        case "constant":
            used.insert("value")
            return .shared(try required("value"))
        case "categorical", "categorical_w_probabilities":
            used.insert("values")
            used.insert("probabilities")
            let values = try required("values")
            try refuseUnequal(object["probabilities"])
            if let only = values.arrayValue, only.count == 1 { return .shared(only[0]) }
            return try domain("values", values)
        case "int_uniform", "uniform", "q_uniform", "log_uniform_values", "q_log_uniform_values",
            "inv_log_uniform_values":
            let (low, high) = (try required("min"), try required("max"))
            return try ranged(kind, low, high)
        case "log_uniform", "q_log_uniform", "inv_log_uniform":
            // The bounds are exponents of e.
            let bounds = [exp(try number("min")), exp(try number("max"))]
            let (low, high) =
                kind == "inv_log_uniform" ? (1 / bounds[1], 1 / bounds[0]) : (bounds[0], bounds[1])
            return try ranged(
                kind + "_values", .number(ParameterDomain.rounded(low)),
                .number(ParameterDomain.rounded(high)))
        case "normal", "log_normal":
            let mean = JSONValue.number(try number("mu", default: 0))
            return try domain(kind, [mean, .number(try number("sigma", default: 1))])
        case "q_normal", "q_log_normal", "beta", "q_beta":
            throw JSONError(
                at: path.appending("distribution"),
                "\(quoted(kind)) has no counterpart; accepted: a bounded one such as \"q_uniform\" or \"uniform\""
            )
        default:
            let known = [
                "constant", "categorical", "int_uniform", "uniform", "q_uniform", "log_uniform",
                "log_uniform_values", "q_log_uniform", "q_log_uniform_values", "inv_log_uniform",
                "inv_log_uniform_values", "normal", "log_normal",
            ]
            throw JSONError(
                at: path.appending("distribution"),
                "unknown distribution \(quoted(kind)); \(suggestion(for: kind, among: known, what: "distributions"))"
            )
        }
    }

    private mutating func ranged(_ kind: String, _ low: JSONValue, _ high: JSONValue) throws -> Meaning {
        switch kind {
        case "int_uniform": return try domain("int", [low, high])
        case "uniform": return try domain("range", [low, high])
        // The reciprocal of a log-uniform number is one.
        case "log_uniform_values", "inv_log_uniform_values": return try domain("log", [low, high])
        default:
            let step = try number("q", default: 1)
            guard step > 0 else {
                throw JSONError(at: path.appending("q"), "\(step) is no step; accepted: above 0")
            }
            func onGrid(_ json: JSONValue, _ key: String) throws -> Double {
                (try Double.decode(json, at: path.appending(key), onto: nil) / step).rounded() * step
            }
            let isLogarithmic = kind == "q_log_uniform_values"
            var ends = [try onGrid(low, "min"), try onGrid(high, "max")]
            // What rounds to zero has no logarithm.
            if isLogarithmic { ends[0] = max(ends[0], step) }
            let whole = step == 1 ? ends.compactMap(Int.init(exactly:)).map { JSONValue.integer($0) } : []
            if whole.count == 2 { return try domain(isLogarithmic ? "log_int" : "int", .array(whole)) }
            return try domain(
                isLogarithmic ? "log" : "range",
                .array((ends + [step]).map { .number(ParameterDomain.rounded($0)) }))
        }
    }

    private func domain(_ kind: String, _ content: JSONValue) throws -> Meaning {
        do {
            return .domain(
                try ParameterDomain.decode(
                    .object(JSONObject([(key: kind, value: content)])), at: path, onto: nil))
        } catch var error as JSONError {
            // Our names of the keys are not in the file.
            error.path = path
            throw error
        }
    }

    private mutating func required(_ key: String) throws -> JSONValue {
        used.insert(key)
        guard let value = object[key] else {
            throw JSONError(at: path.appending(key), "this key is required and missing")
        }
        return value
    }

    private mutating func number(_ key: String, default standard: Double? = nil) throws -> Double {
        used.insert(key)
        if object[key] == nil, let standard { return standard }
        return try Double.decode(try required(key), at: path.appending(key), onto: nil)
    }

    private func refuseUnequal(_ probabilities: JSONValue?) throws {
        guard let probabilities else { return }
        let shares = try [Double].decode(probabilities, at: path.appending("probabilities"), onto: nil)
        guard let first = shares.first, shares.allSatisfy({ abs($0 - first) < 1e-9 }) else {
            throw JSONError(
                at: path.appending("probabilities"),
                "values that are not equally likely have no counterpart; accepted: equal probabilities, or none"
            )
        }
    }
}
