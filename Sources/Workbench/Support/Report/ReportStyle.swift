/// The style sheet of a report: light or dark as the reader's system is, and fit for printing.
enum ReportStyle {
    static let text = """
        :root { --paper: #fdfdfc; --ink: #1c1e21; --quiet: #656b73; --rule: #dcdfe3; --shade: #f3f4f6;
          --better: #15783c; --worse: #b3261e; --warning: #8a5a00; --accent: #1f5fbf;
          --c0: #1f5fbf; --c1: #c2570c; --c2: #15783c; --c3: #9333a8; --c4: #a8101f; --c5: #0e7490; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #16181c; --ink: #e6e8eb; --quiet: #9aa1ab; --rule: #343941; --shade: #1f2329;
            --better: #5fce8a; --worse: #ff8a80; --warning: #e8b45a; --accent: #7fb2ff;
            --c0: #7fb2ff; --c1: #ffab66; --c2: #5fce8a; --c3: #d59cf0; --c4: #ff8a80; --c5: #5ccfe6; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 1160px; margin: 0 auto; padding: 24px 20px 80px; }
        h1 { font-size: 24px; line-height: 1.25; margin: 8px 0 20px; overflow-wrap: anywhere; }
        h2 { font-size: 17px; margin: 36px 0 10px; }
        summary { font-size: 15px; font-weight: 600; color: var(--quiet); cursor: pointer; margin: 14px 0 8px; }
        summary:hover { color: var(--ink); }
        h3 { font-size: 15px; margin: 0 0 10px; }
        p { margin: 6px 0; max-width: 80ch; }
        .quiet { color: var(--quiet); } h3 .quiet { font-weight: normal; }
        .note { border-left: 3px solid var(--warning); padding: 2px 10px; background: var(--shade); }
        .better { color: var(--better); } .worse { color: var(--worse); } .warning { color: var(--warning); }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
        td.long { white-space: normal; min-width: 20em; }
        th { color: var(--quiet); font-weight: 600; }
        .n { text-align: right; }
        tbody tr:hover { background: var(--shade); }
        figure { margin: 14px 0 22px; position: relative; }
        figcaption { font-size: 13.5px; margin-bottom: 4px; }
        svg { width: 100%; height: auto; display: block; }
        .differences { max-width: 900px; }
        .tick { fill: var(--quiet); font-size: 12px; } .name { fill: var(--ink); font-size: 13px; }
        .grid { stroke: var(--rule); stroke-width: 1; } .zero { stroke: var(--quiet); stroke-dasharray: 3 3; }
        .span { stroke-width: 3; stroke-linecap: round; }
        .span.better { stroke: var(--better); } .span.worse { stroke: var(--worse); } .span.unclear { stroke: var(--quiet); }
        .mark.better { fill: var(--better); } .mark.worse { fill: var(--worse); } .mark.unclear { fill: var(--quiet); }
        .c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); }
        .c3 { --c: var(--c3); } .c4 { --c: var(--c4); } .c5 { --c: var(--c5); }
        .line { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round; }
        .area { fill: var(--c); opacity: .18; } .dot { fill: var(--c); }
        .key { margin-left: 12px; white-space: nowrap; }
        .key::before { content: ""; display: inline-block; width: 18px; height: 3px; border-radius: 2px;
          background: var(--c); vertical-align: middle; margin-right: 6px; }
        .cursor { stroke: var(--quiet); stroke-width: 1; }
        .tip { position: absolute; pointer-events: none; background: var(--paper); border: 1px solid var(--rule);
          border-radius: 6px; padding: 6px 10px; font-size: 12.5px; box-shadow: 0 2px 8px rgb(0 0 0 / .18);
          white-space: nowrap; font-variant-numeric: tabular-nums; }
        .tip span { display: block; }
        .listen { border: 1px solid var(--rule); border-radius: 10px; padding: 14px; margin: 14px 0; outline-offset: 2px; }
        .controls { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 10px; }
        .controls output { color: var(--quiet); font-variant-numeric: tabular-nums; }
        button { font: inherit; font-size: 14px; color: var(--ink); background: var(--shade); cursor: pointer;
          border: 1px solid var(--rule); border-radius: 7px; padding: 5px 12px; }
        button:hover { border-color: var(--accent); }
        button[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--paper); }
        .play { min-width: 72px; font-weight: 600; }
        kbd { font: inherit; font-size: 11px; opacity: .7; }
        .picture { position: relative; max-width: 812px; background: #fff; border-radius: 6px; overflow: hidden; }
        .picture img { display: block; width: 100%; height: auto; }
        .time { position: absolute; top: 0; bottom: 0; cursor: crosshair; }
        .time i { position: absolute; top: 0; bottom: 0; left: 0; width: 2px; background: #00e5ff; mix-blend-mode: difference; }
        .players p { display: flex; gap: 12px; align-items: center; } .players span { min-width: 90px; }
        .script .players { display: none; } html:not(.script) .controls, html:not(.script) .time { display: none; }
        @media print { .controls, .players { display: none; } .listen { break-inside: avoid; } }
        """
}
