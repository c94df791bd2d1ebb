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

    @Test func timestampsAreThoseOfFoundation() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for seconds in [
            0, 0.25, 951_782_400, 1_772_366_400.125, 1_729_989_000.5, 4_102_444_799.875, -0.75, -86_400,
        ] {
            let date = Date(timeIntervalSince1970: seconds)
            #expect(NumberText.timestamp(date) == date.formatted(style))
        }
        // 33.12 s lie a little below the millisecond as a Double.
        #expect(
            NumberText.timestamp(Date(timeIntervalSince1970: 1_772_366_433.12)) == "2026-03-01T12:00:33.120Z")
    }
}
