extension Schema {
    /// The part of migration 3 about runs, their files and sweeps.
    ///
    /// A run's attempts are its first start and every resumption. `config_hash` of earlier versions left out name and
    /// seed, which is what `group_hash` is: runs that share it are repeats of one another.
    static let migration3Runs = """
        CREATE TABLE sweeps (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL CHECK (name <> ''),
            spec_json TEXT NOT NULL,
            spec_hash TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'stopped', 'finished', 'failed')),
            sampler_state TEXT,
            fail_reason TEXT,
            created_us INTEGER NOT NULL,
            ended_us INTEGER
        ) STRICT;

        ALTER TABLE runs ADD COLUMN group_hash TEXT;
        ALTER TABLE runs ADD COLUMN code_hash TEXT;
        ALTER TABLE runs ADD COLUMN git_diff_sha TEXT;
        ALTER TABLE runs ADD COLUMN sweep_id INTEGER REFERENCES sweeps (id) ON DELETE SET NULL;
        ALTER TABLE runs ADD COLUMN trial_no INTEGER;
        ALTER TABLE runs ADD COLUMN parent_id INTEGER REFERENCES runs (id) ON DELETE SET NULL;
        ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
        ALTER TABLE runs ADD COLUMN archived_us INTEGER;
        ALTER TABLE runs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
        UPDATE runs SET group_hash = config_hash;
        CREATE INDEX runs_by_sweep ON runs (sweep_id, trial_no) WHERE sweep_id IS NOT NULL;
        CREATE INDEX runs_by_parent ON runs (parent_id) WHERE parent_id IS NOT NULL;

        CREATE TABLE trials (
            sweep_id INTEGER NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
            no INTEGER NOT NULL CHECK (no >= 0),
            params_json TEXT NOT NULL,
            params_hash TEXT NOT NULL,
            seed INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN
                ('waiting', 'running', 'finished', 'failed', 'pruned', 'stopped')),
            rung INTEGER NOT NULL DEFAULT 0,
            value REAL,
            run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL,
            lease_owner TEXT,
            lease_until_us INTEGER,
            tries INTEGER NOT NULL DEFAULT 0,
            fail_reason TEXT,
            started_us INTEGER,
            ended_us INTEGER,
            PRIMARY KEY (sweep_id, no),
            UNIQUE (sweep_id, params_hash, seed)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX trials_by_run ON trials (run_id) WHERE run_id IS NOT NULL;

        CREATE TABLE attempts (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            n INTEGER NOT NULL CHECK (n > 0),
            from_step INTEGER NOT NULL CHECK (from_step >= 0),
            checkpoint_sha TEXT,
            dropped_points INTEGER NOT NULL DEFAULT 0 CHECK (dropped_points >= 0),
            started_us INTEGER NOT NULL,
            ended_us INTEGER CHECK (ended_us >= started_us),
            PRIMARY KEY (run_id, n)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO attempts (run_id, n, from_step, started_us, ended_us)
            SELECT id, 1, 0, started_us, ended_us FROM runs;

        ALTER TABLE eval_files ADD COLUMN speaker TEXT NOT NULL DEFAULT '';

        ALTER TABLE artifacts ADD COLUMN file_id INTEGER REFERENCES eval_files (id) ON DELETE SET NULL;
        ALTER TABLE artifacts ADD COLUMN rate REAL CHECK (rate > 0);
        ALTER TABLE artifacts ADD COLUMN seconds REAL CHECK (seconds >= 0);
        ALTER TABLE artifacts ADD COLUMN loudness_db REAL;
        ALTER TABLE artifacts ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
        ALTER TABLE artifacts ADD COLUMN is_best INTEGER NOT NULL DEFAULT 0 CHECK (is_best IN (0, 1));
        ALTER TABLE artifacts ADD COLUMN is_last INTEGER NOT NULL DEFAULT 0 CHECK (is_last IN (0, 1));
        CREATE INDEX artifacts_by_content ON artifacts (sha256);
        CREATE INDEX artifacts_by_file ON artifacts (file_id) WHERE file_id IS NOT NULL;

        UPDATE artifacts SET is_best = 1 WHERE role = 'best';
        UPDATE artifacts SET is_last = 1 WHERE role = 'last';
        """
}
