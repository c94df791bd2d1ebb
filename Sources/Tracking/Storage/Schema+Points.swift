import GRDB

extension Schema {
    /// Points in packed chunks, rollups, attempts, sweeps and what finding and tidying need.
    ///
    /// `point_tail` is the table `points` of earlier versions: it keeps the newest few hundred points of a metric,
    /// one a row. Older ones lie in `point_chunks`: times and values as 8-byte numbers (IEEE 754, most significant
    /// byte first) one after another, steps as first step and stride, or packed likewise where they are not regular.
    /// The view `points` shows both as one table. It needs the function `ieee754_from_blob`, which the workbench
    /// brings to its connections and the shell `sqlite3` has built in. (`point_slots` counts the places in a chunk.)
    static let migration3 =
        """
        ALTER TABLE points RENAME TO point_tail;

        CREATE TABLE point_chunks (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            metric_id INTEGER NOT NULL REFERENCES metric_names (id),
            first_step INTEGER NOT NULL CHECK (first_step >= 0),
            last_step INTEGER NOT NULL CHECK (last_step >= first_step),
            n INTEGER NOT NULL CHECK (n BETWEEN 1 AND 1024),
            stride INTEGER CHECK (stride > 0),
            steps BLOB CHECK (length(steps) = 8 * n),
            wall_us BLOB NOT NULL CHECK (length(wall_us) = 8 * n),
            value BLOB NOT NULL CHECK (length(value) = 8 * n),
            CHECK ((stride IS NULL) = (steps IS NOT NULL)),
            CHECK (stride IS NULL OR last_step = first_step + stride * (n - 1))
        ) STRICT;
        CREATE UNIQUE INDEX point_chunks_by_place ON point_chunks (run_id, metric_id, first_step);

        CREATE TABLE point_slots (i INTEGER PRIMARY KEY) STRICT;
        INSERT INTO point_slots
            WITH RECURSIVE counting (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM counting WHERE i < 1023)
            SELECT i FROM counting;

        CREATE VIEW points AS
            SELECT run_id, metric_id,
                CASE WHEN stride IS NOT NULL THEN first_step + stride * i
                    ELSE CAST(ieee754_from_blob(substr(steps, 8 * i + 1, 8)) AS INTEGER) END AS step,
                CAST(ieee754_from_blob(substr(wall_us, 8 * i + 1, 8)) AS INTEGER) AS wall_us,
                CASE WHEN substr(value, 8 * i + 1, 8) IN (x'7FF0000000000000', x'FFF0000000000000') THEN NULL
                    ELSE ieee754_from_blob(substr(value, 8 * i + 1, 8)) END AS value,
                CASE substr(value, 8 * i + 1, 8) WHEN x'7FF0000000000000' THEN 2 WHEN x'FFF0000000000000' THEN 3
                    ELSE ieee754_from_blob(substr(value, 8 * i + 1, 8)) IS NULL END AS flag
            FROM point_chunks JOIN point_slots ON i < n
            UNION ALL
            SELECT run_id, metric_id, step, wall_us, value, flag FROM point_tail;

        CREATE TABLE rollups (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            metric_id INTEGER NOT NULL REFERENCES metric_names (id),
            level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 8),
            bucket INTEGER NOT NULL CHECK (bucket >= 0),
            first_step INTEGER NOT NULL CHECK (first_step >= 0),
            last_step INTEGER NOT NULL CHECK (last_step >= first_step),
            n INTEGER NOT NULL CHECK (n >= 0),
            nonfinite INTEGER NOT NULL CHECK (nonfinite >= 0),
            min REAL,
            max REAL,
            sum REAL,
            last REAL,
            PRIMARY KEY (run_id, metric_id, level, bucket),
            CHECK (n + nonfinite > 0),
            CHECK ((n = 0) = (min IS NULL))
        ) STRICT, WITHOUT ROWID;

        """ + migration3Runs

    /// Packs the points of version 2, which lie in rows, and makes their rollups.
    static func packStoredPoints(_ database: Database) throws {
        let places = try Row.fetchAll(database, sql: "SELECT DISTINCT run_id, metric_id FROM point_tail")
        for place in places {
            let store = PointStore(run: place[0], metric: place[1], database: database)
            try store.packTail()
            _ = try RollupPyramid.rebuild(
                from: store.read(), run: store.run, metric: store.metric, in: database)
        }
    }
}
