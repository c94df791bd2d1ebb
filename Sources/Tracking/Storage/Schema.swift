/// The tables of a workspace, as the migrations that build them.
///
/// Times are microseconds since 1970. A value that is not finite is stored as NULL with a flag (`ValueFlag`),
/// because SQLite turns NaN into NULL. Later features add columns and tables by further migrations.
enum Schema {
    static let migration1 = """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            uuid TEXT NOT NULL UNIQUE,
            name TEXT CHECK (name <> ''),
            kind TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN
                ('queued', 'running', 'finished', 'failed', 'killed', 'crashed', 'pruned')),
            exit_code INTEGER,
            error TEXT,
            seed INTEGER NOT NULL,
            config_json TEXT NOT NULL,
            config_hash TEXT,
            dataset_hash TEXT,
            eval_hash TEXT,
            git_commit TEXT,
            git_dirty INTEGER CHECK (git_dirty IN (0, 1)),
            host TEXT NOT NULL,
            cpu TEXT,
            threads INTEGER CHECK (threads > 0),
            boot_id TEXT,
            pid INTEGER NOT NULL,
            pid_start INTEGER,
            cmd TEXT,
            program TEXT NOT NULL,
            env_json TEXT NOT NULL DEFAULT '{}',
            main_metric TEXT,
            started_us INTEGER NOT NULL,
            ended_us INTEGER CHECK (ended_us >= started_us),
            beat_us INTEGER NOT NULL,
            beat_every_ms INTEGER NOT NULL CHECK (beat_every_ms > 0),
            last_step INTEGER CHECK (last_step >= 0),
            CHECK ((status IN ('queued', 'running')) = (ended_us IS NULL)),
            CHECK (status <> 'finished' OR error IS NULL)
        ) STRICT;
        CREATE INDEX runs_by_name ON runs (name) WHERE name IS NOT NULL;

        CREATE TABLE params (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            num REAL,
            txt TEXT NOT NULL,
            PRIMARY KEY (run_id, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX params_by_number ON params (key, num);
        CREATE INDEX params_by_text ON params (key, txt);

        CREATE TABLE metric_names (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE CHECK (name <> ''),
            unit TEXT NOT NULL DEFAULT '',
            goal TEXT NOT NULL CHECK (goal IN ('max', 'min', 'none'))
        ) STRICT;

        CREATE TABLE points (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            metric_id INTEGER NOT NULL REFERENCES metric_names (id),
            step INTEGER NOT NULL CHECK (step >= 0),
            wall_us INTEGER NOT NULL,
            value REAL,
            flag INTEGER NOT NULL DEFAULT 0 CHECK (flag BETWEEN 0 AND 3),
            PRIMARY KEY (run_id, metric_id, step),
            CHECK ((flag = 0) = (value IS NOT NULL))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE summary (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            metric_id INTEGER NOT NULL REFERENCES metric_names (id),
            n INTEGER NOT NULL CHECK (n >= 0),
            nonfinite INTEGER NOT NULL CHECK (nonfinite >= 0),
            first REAL,
            last REAL,
            last_flag INTEGER NOT NULL CHECK (last_flag BETWEEN 0 AND 3),
            last_step INTEGER NOT NULL,
            min REAL,
            min_step INTEGER,
            max REAL,
            max_step INTEGER,
            mean REAL,
            m2 REAL,
            PRIMARY KEY (run_id, metric_id),
            CHECK ((n = 0) = (mean IS NULL))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE eval_files (
            id INTEGER PRIMARY KEY,
            dataset TEXT NOT NULL,
            path TEXT NOT NULL,
            sha256 TEXT NOT NULL DEFAULT '',
            condition TEXT NOT NULL DEFAULT '',
            seconds REAL CHECK (seconds >= 0),
            UNIQUE (dataset, path, sha256, condition)
        ) STRICT;

        CREATE TABLE file_scores (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            checkpoint TEXT NOT NULL,
            file_id INTEGER NOT NULL REFERENCES eval_files (id),
            metric_id INTEGER NOT NULL REFERENCES metric_names (id),
            value REAL,
            flag INTEGER NOT NULL DEFAULT 0 CHECK (flag BETWEEN 0 AND 4),
            undefined_reason TEXT,
            PRIMARY KEY (run_id, checkpoint, file_id, metric_id),
            CHECK ((flag = 0) = (value IS NOT NULL)),
            CHECK ((flag = 4) = (undefined_reason IS NOT NULL))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE artifacts (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            step INTEGER,
            kind TEXT NOT NULL,
            role TEXT NOT NULL DEFAULT '',
            name TEXT NOT NULL,
            path TEXT,
            sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
            bytes INTEGER NOT NULL CHECK (bytes >= 0),
            mime TEXT NOT NULL,
            created_us INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX artifacts_by_run ON artifacts (run_id);

        CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            at_us INTEGER NOT NULL,
            level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
            title TEXT NOT NULL,
            body TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX events_by_run ON events (run_id);

        CREATE TABLE tags (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            tag TEXT NOT NULL CHECK (tag <> ''),
            PRIMARY KEY (run_id, tag)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE migrations (
            version INTEGER PRIMARY KEY,
            at_us INTEGER NOT NULL,
            program TEXT NOT NULL
        ) STRICT;
        """

    /// Which version of a metric's definition a score follows.
    static let migration2 = """
        ALTER TABLE file_scores ADD COLUMN metric_version INTEGER NOT NULL DEFAULT 1 CHECK (metric_version > 0);
        """
}
