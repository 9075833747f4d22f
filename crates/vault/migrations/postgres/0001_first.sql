CREATE TABLE cases (
    id TEXT NOT NULL PRIMARY KEY,
    handle_hash TEXT NOT NULL UNIQUE,
    handle BYTEA NOT NULL,
    created_micros BIGINT NOT NULL,
    head_seq BIGINT NOT NULL,
    head_hash TEXT NOT NULL,
    purges BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE entries (
    case_id TEXT NOT NULL REFERENCES cases (id),
    seq BIGINT NOT NULL,
    at_micros BIGINT NOT NULL,
    at_offset BIGINT NOT NULL,
    by_actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    commitment TEXT NOT NULL,
    prev TEXT NOT NULL,
    body BYTEA,
    PRIMARY KEY (case_id, seq)
);

CREATE TABLE objects (
    case_id TEXT NOT NULL REFERENCES cases (id),
    object TEXT NOT NULL,
    pack TEXT NOT NULL,
    position BIGINT NOT NULL,
    length BIGINT NOT NULL,
    stored BIGINT NOT NULL,
    wrapped_key BYTEA,
    purged BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (case_id, object)
);
CREATE INDEX objects_by_pack ON objects (pack, position);

CREATE TABLE instances (
    case_id TEXT NOT NULL REFERENCES cases (id),
    sop_uid TEXT NOT NULL,
    object TEXT NOT NULL,
    study_uid TEXT NOT NULL,
    series_uid TEXT NOT NULL,
    instance TEXT NOT NULL,
    PRIMARY KEY (case_id, sop_uid, object)
);
CREATE INDEX instances_by_study ON instances (case_id, study_uid);
CREATE INDEX instances_by_object ON instances (case_id, object);

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload BYTEA NOT NULL,
    state TEXT NOT NULL,
    enqueued_micros BIGINT NOT NULL,
    not_before_micros BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    worker TEXT,
    leased_until_micros BIGINT,
    failure TEXT
);
CREATE INDEX jobs_waiting ON jobs (state, kind, not_before_micros);
