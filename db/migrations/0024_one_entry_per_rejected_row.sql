ALTER TABLE "rejected_bars" ADD COLUMN "earlier_payloads" bigint[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "rejected_bars" ADD COLUMN "earlier_rows" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
-- A row for every payload that sent a bad row, as that payload sent it.
create view rejected_rows as
  select r.id, s.payload_id, s.row, r.asset_id, r.timeframe, r.time, r.rule, r.raw, r.state
  from rejected_bars r
  cross join lateral (
    select r.payload_id, r.row union all select * from unnest(r.earlier_payloads, r.earlier_rows)) s(payload_id, row);
--> statement-breakpoint
-- Undecided rows that payloads sent again and again become one entry: that of the latest payload.
with repeated as (
  select array_agg(id) as ids, count(*)::int as n, array_agg(payload_id order by payload_id, row) as payloads,
    array_agg(row order by payload_id, row) as rows, min(created_at) as created_at
  from rejected_bars where state in ('open', 'stored')
  group by asset_id, timeframe, time, rule, raw, state having count(*) > 1),
removed as (
  delete from rejected_bars r using repeated d where r.id = any(d.ids) and (r.payload_id, r.row) <> (d.payloads[d.n], d.rows[d.n]))
update rejected_bars r set earlier_payloads = d.payloads[:d.n - 1], earlier_rows = d.rows[:d.n - 1], created_at = d.created_at
from repeated d where r.id = any(d.ids) and (r.payload_id, r.row) = (d.payloads[d.n], d.rows[d.n]);
