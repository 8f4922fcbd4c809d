-- The states of slots, derived from the bitmaps of the table coverage: one bit per slot, in time order. Each function is a
-- single expression that the planner inlines (no STRICT, no SET). domain/coverage/slot-state.ts has the same rules in
-- TypeScript; test/integration/coverage-functions.test.ts holds the two together. `empty` and `pending` are stored: a
-- migration that changes a rule must also add these two columns again.
CREATE FUNCTION coverage_is_half_filled(filled integer, expected integer) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN 2 * filled >= expected;
--> statement-breakpoint
COMMENT ON FUNCTION coverage_is_half_filled IS 'Whether at least half of the expected slots of a session have a bar. The one place of this rule in SQL; in TypeScript: isHalfFilled of domain/coverage/slot-state.ts.';
--> statement-breakpoint
CREATE FUNCTION coverage_is_empty_confirmed(filled bit varying, as_usual boolean) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN as_usual OR coverage_is_half_filled(bit_count(filled)::integer, length(filled));
--> statement-breakpoint
COMMENT ON FUNCTION coverage_is_empty_confirmed IS 'Whether the empty slots of a session count as confirmed: it is at least half filled, or as empty as usual.';
--> statement-breakpoint
CREATE FUNCTION coverage_no_slots(slots bit varying) RETURNS bit varying
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN slots & ~slots;
--> statement-breakpoint
COMMENT ON FUNCTION coverage_no_slots IS 'A bitmap of the same length without any slot.';
--> statement-breakpoint
CREATE FUNCTION coverage_confirmed_empty(filled bit varying, empty bit varying, lost bit varying, corrupt bit varying, as_usual boolean) RETURNS bit varying
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN coverage_is_empty_confirmed(filled, as_usual) THEN empty & ~filled & ~lost & ~corrupt ELSE coverage_no_slots(filled) END;
--> statement-breakpoint
COMMENT ON FUNCTION coverage_confirmed_empty IS 'Slots in which the provider has no bar, for good.';
--> statement-breakpoint
CREATE FUNCTION coverage_open(filled bit varying, empty bit varying, lost bit varying, corrupt bit varying, as_usual boolean) RETURNS bit varying
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ~(filled | corrupt | coverage_confirmed_empty(filled, empty, lost, corrupt, as_usual));
--> statement-breakpoint
COMMENT ON FUNCTION coverage_open IS 'Slots that are neither filled, corrupt nor confirmed empty: pending where they are due and within the provider''s reach.';
--> statement-breakpoint
CREATE FUNCTION coverage_pending(filled bit varying, answered bit varying, empty bit varying, lost bit varying, corrupt bit varying, as_usual boolean) RETURNS bit varying
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (answered | lost) & coverage_open(filled, empty, lost, corrupt, as_usual);
--> statement-breakpoint
COMMENT ON FUNCTION coverage_pending IS 'Open slots that a payload has covered, or whose bar was lost.';
--> statement-breakpoint
CREATE FUNCTION coverage_between(slots bit varying, first integer, before integer) RETURNS bit varying
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN substring(slots FROM first + 1 FOR before - first);
--> statement-breakpoint
COMMENT ON FUNCTION coverage_between IS 'The part of a bitmap from slot `first` (from 0) to before slot `before`.';
--> statement-breakpoint
-- one statement: the table is rewritten once
ALTER TABLE "coverage" DROP COLUMN "empty", DROP COLUMN "pending",
  ADD COLUMN "empty" integer GENERATED ALWAYS AS (bit_count(coverage_confirmed_empty(filled_slots, empty_slots, lost_slots, corrupt_slots, as_usual))) STORED NOT NULL,
  ADD COLUMN "pending" integer GENERATED ALWAYS AS (bit_count(coverage_pending(filled_slots, answered_slots, empty_slots, lost_slots, corrupt_slots, as_usual))) STORED NOT NULL;
