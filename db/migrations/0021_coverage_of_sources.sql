CREATE FUNCTION coverage_any(slots bit varying, parts integer[]) RETURNS bit varying
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE
    WHEN parts IS NULL OR slots IS NULL THEN slots
    WHEN position(B'1' IN slots) = 0 THEN repeat('0', cardinality(parts))::varbit
    WHEN position(B'0' IN slots) = 0 THEN repeat('1', cardinality(parts))::varbit
    ELSE (
      SELECT string_agg(
        CASE WHEN position(B'1' IN coverage_between(slots, parts[n], coalesce(parts[n + 1], length(slots)))) > 0 THEN '1' ELSE '0' END,
        '' ORDER BY n)::varbit
      FROM generate_subscripts(parts, 1) n)
  END;
--> statement-breakpoint
COMMENT ON FUNCTION coverage_any IS 'The slots of a longer timeframe that any set slot lies in. `parts`: the first slot (from 0) of each of them; null if the timeframe is the same.';
