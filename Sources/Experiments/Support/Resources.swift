import Foundation

extension Int {
    /// A number of bytes in MiB.
    var mebibytes: Double { Double(self) / Double(1 << 20) }
}

/// What the process has used so far.
public enum Resources {
    private static var usage: rusage {
        var usage = rusage()
        #if os(Linux)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
            getrusage(RUSAGE_SELF, &usage)
        #endif
        return usage
    }

    /// User and system time of all threads, in seconds.
    public static var cpuSeconds: Double {
        let usage = usage
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// The largest resident memory, in MiB.
    public static var peakMemoryMiB: Int {
        #if os(Linux)
            return Int(usage.ru_maxrss) / 1024
        #else
            return Int(usage.ru_maxrss) / (1 << 20)
        #endif
    }

    /// The resident memory now, in MiB; nil where the system has no `/proc` (proc(5), statm).
    public static var residentMemoryMiB: Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return (pages * sysconf(Int32(_SC_PAGESIZE))).mebibytes
    }

    /// Seconds since the system started this process, to a hundredth; what came before an `exec`, such as a
    /// starting script, counts. Where the system has no `/proc`: the processor time used, which is no more
    /// than that while there is one thread.
    public static var secondsSinceStart: Double {
        #if os(Linux)
            // Field 22 of the line; the second, the program's name in parentheses, may itself hold spaces.
            if let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
                let afterName = text.range(of: ")", options: .backwards)
            {
                let fields = text[afterName.upperBound...].split(separator: " ")
                var now = timespec()
                if fields.count > 19, let ticks = Double(fields[19]), clock_gettime(CLOCK_BOOTTIME, &now) == 0
                {
                    let started = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
                    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9 - started
                }
            }
        #endif
        return cpuSeconds
    }
}
