ALTER TABLE "bar_revisions" ADD COLUMN "open_payload_id" bigint;--> statement-breakpoint
ALTER TABLE "bars" ADD COLUMN "open_payload_id" bigint;--> statement-breakpoint
-- Bars that a payload has without their open, with their range as it was sent. One row each: another version may have read
-- another row of the payload as the same bar.
create view unknown_opens as
  select asset_id, timeframe, time, payload_id, max((raw ->> 'low')::float8) as low, min((raw ->> 'high')::float8) as high
  from rejected_rows where rule = 'unknown_open' and state = 'stored' and time is not null
  group by asset_id, timeframe, time, payload_id;
