import StrictJSON
import Testing

@testable import Workbench

@Suite struct JSONOutputTests {
    @Test func theObjectIsOneLineWithSortedKeys() {
        #expect(
            JSONOutput.text(["b": [1, ["y": .null, "x": "\n"]], "a": [:]])
                == #"{"a":{},"b":[1,{"x":"\n","y":null}],"version":1}"# + "\n")
    }

    @Test func numbersThatJSONLacksBecomeStrings() {
        let values: [JSONValue] = [.number(.nan), .number(.infinity), ["x": .number(-.infinity)], .number(2)]
        #expect(
            JSONOutput.text(["values": .array(values)])
                == #"{"values":["nan","inf",{"x":"-inf"},2],"version":1}"# + "\n")
    }
}
