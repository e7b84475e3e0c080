-- phase: expand
-- fits: 1.0.0 and later
CREATE TABLE links (
    code text PRIMARY KEY,
    url text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX links_created_at ON links (created_at DESC, code);
