import Foundation
import Testing

@testable import Workbench

@Suite struct NumberTextTimeTests {
    @Test func momentsAreThoseOfTheLocalCalendar() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        for seconds in [0, 0.999, 951_782_400, 1_711_846_800, 1_729_989_000.5, 4_102_444_799] {
            let date = Date(timeIntervalSince1970: seconds)
            #expect(NumberText.time(date) == formatter.string(from: date))
        }
    }
}
