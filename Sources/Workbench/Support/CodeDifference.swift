import Foundation
import StrictJSON
import Tracking

/// What differs between the code of two runs: their commits, and the changes to the working folder that were not
/// committed, which are stored with a run when it starts.
struct CodeDifference {
    /// A file whose changes differ.
    struct File: Equatable {
        let path: String
        /// Lines with "-" for those of the first run's changes alone, "+" for the second's, " " for those around.
        let lines: [String]
    }

    let commits: (first: String?, second: String?)
    /// The builds of the program that computed the runs.
    let programs: (first: String?, second: String?)
    /// Whether a run had changes that were not committed and not stored, so that nothing is known of them.
    let isUnknown: (first: Bool, second: Bool)
    let files: [File]

    init(_ first: Run, _ second: Run, in workspace: Workspace) throws {
        commits = (first.gitCommit, second.gitCommit)
        programs = (first.codeHash, second.codeHash)
        isUnknown = (
            first.gitDirty == true && first.gitDiffSHA == nil,
            second.gitDirty == true && second.gitDiffSHA == nil
        )
        if first.gitDiffSHA == second.gitDiffSHA {
            files = []
            return
        }
        let pair = try [first, second].map { run in Self.sections(try Self.text(run, in: workspace)) }
        files = Set(pair[0].keys).union(pair[1].keys).sorted().compactMap { path in
            let (old, new) = (pair[0][path] ?? [], pair[1][path] ?? [])
            return old == new ? nil : File(path: path, lines: LineDifference.lines(old, new))
        }
    }

    var isEmpty: Bool {
        commits.first == commits.second && files.isEmpty && !isUnknown.first && !isUnknown.second
            && !areDifferentPrograms
    }

    /// Whether two builds are known, and are not the same. One that is not known tells nothing.
    private var areDifferentPrograms: Bool {
        guard let first = programs.first, let second = programs.second else { return false }
        return first != second
    }

    private static func text(_ run: Run, in workspace: Workspace) throws -> String {
        guard let digest = run.gitDiffSHA else { return "" }
        let url = workspace.artifactURL(sha256: digest)
        guard let data = try? Data(contentsOf: url) else {
            throw TrackingError.notFound(
                reason: "the uncommitted changes of \(run.address) are gone: \(url.path) cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The lines of each file's part of a git diff.
    static func sections(_ text: String) -> [String: [String]] {
        var sections: [String: [String]] = [:]
        var path = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("diff --git ") {
                path =
                    line.range(of: " b/", options: .backwards).map { String(line[$0.upperBound...]) }
                    ?? String(line)
            } else if !path.isEmpty, !line.hasPrefix("index ") {
                sections[path, default: []].append(String(line))
            }
        }
        return sections
    }

    func rendered(_ runs: (first: Run, second: Run), color: Bool) -> String {
        var text = ""
        if commits.first != commits.second {
            text += "commit  \(commits.first ?? "(none)") -> \(commits.second ?? "(none)")\n"
            if let first = commits.first, let second = commits.second {
                text += "        git diff \(first.prefix(10)) \(second.prefix(10))\n"
            }
        }
        if areDifferentPrograms {
            text += "program  \(programs.first ?? "") -> \(programs.second ?? "")  (different builds)\n"
        }
        for (run, isUnknown) in [(runs.first, isUnknown.first), (runs.second, isUnknown.second)]
        where isUnknown {
            text += "\(run.address) had uncommitted changes that were not stored\n"
        }
        for file in files {
            text += TextStyle.bold.applied(to: "uncommitted changes to \(file.path)", when: color) + "\n"
            for line in file.lines {
                let style: TextStyle? = line.hasPrefix("+") ? .green : line.hasPrefix("-") ? .red : nil
                text += (style?.applied(to: line, when: color) ?? line) + "\n"
            }
        }
        return text
    }

    var object: JSONValue {
        [
            "first_commit": JSONValue(commits.first), "second_commit": JSONValue(commits.second),
            "first_program": JSONValue(programs.first), "second_program": JSONValue(programs.second),
            "first_unknown": .bool(isUnknown.first), "second_unknown": .bool(isUnknown.second),
            "files": .array(
                files.map { ["path": .string($0.path), "lines": JSONValue($0.lines)] }),
        ]
    }
}

/// Two texts line by line.
enum LineDifference {
    /// The lines that differ, marked "-" and "+", with up to two equal lines around; "..." where more were left out.
    static func lines(_ old: [String], _ new: [String]) -> [String] {
        var marked: [(mark: Character, text: String)] = []
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if removed.contains(i) {
                marked.append(("-", old[i]))
                i += 1
            } else if inserted.contains(j) {
                marked.append(("+", new[j]))
                j += 1
            } else {
                marked.append((" ", new[j]))
                i += 1
                j += 1
            }
        }
        var isNear = [Bool](repeating: false, count: marked.count)
        for index in marked.indices where marked[index].mark != " " {
            for near in max(0, index - 2)...min(marked.count - 1, index + 2) { isNear[near] = true }
        }
        var shown: [String] = []
        var last = -1
        for index in marked.indices where isNear[index] {
            if index > last + 1 { shown.append("...") }
            shown.append(String(marked[index].mark) + marked[index].text)
            last = index
        }
        if last + 1 < marked.count { shown.append("...") }
        return shown
    }
}
