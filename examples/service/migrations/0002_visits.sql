-- phase: expand
-- fits: 1.0.0 and later; versions before 1.1.0 neither read nor write the column, and its default speaks for them
ALTER TABLE links ADD COLUMN visits bigint NOT NULL DEFAULT 0;
