ALTER TYPE "public"."provider" ADD VALUE 'alpaca';--> statement-breakpoint
ALTER TYPE "public"."provider" ADD VALUE 'coinbase';--> statement-breakpoint
ALTER TYPE "public"."provider" ADD VALUE 'file';--> statement-breakpoint
ALTER TABLE "assets" DROP CONSTRAINT "assets_symbol_unique";--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "kind" text;--> statement-breakpoint
UPDATE "assets" SET "kind" = CASE WHEN "asset_class" = 'crypto' THEN 'coin' WHEN "symbol" IN ('SPY', 'URTH') THEN 'etf' ELSE 'equity' END;--> statement-breakpoint
ALTER TABLE "assets" ALTER COLUMN "kind" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "source_of" integer;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "rank" smallint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "assets" ADD COLUMN "role" text DEFAULT 'serve' NOT NULL;--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_source_of_assets_id_fk" FOREIGN KEY ("source_of") REFERENCES "public"."assets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "assets_symbol" ON "assets" USING btree ("symbol") WHERE source_of is null;--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_source" UNIQUE("source_of","provider");--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_source_rank" UNIQUE("source_of","rank");--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_rank" CHECK (("assets"."source_of" is null) = ("assets"."rank" = 1) and "assets"."rank" > 0);--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_first_source_serves" CHECK ("assets"."source_of" is not null or "assets"."role" = 'serve');--> statement-breakpoint
-- The class of an asset follows from its kind. A row that names the class only is a coin or an equity. This trigger runs
-- before refuse_bad_asset, in the order of their names.
create function fill_in_asset_kind() returns trigger language plpgsql as $$
begin
  new.kind := coalesce(new.kind, case new.asset_class when 'crypto' then 'coin' else 'equity' end);
  new.asset_class := coalesce(new.asset_class, case new.kind when 'coin' then 'crypto' else 'stock' end);
  return new;
end $$;
--> statement-breakpoint
create trigger fill_in_asset_kind before insert on assets for each row execute function fill_in_asset_kind();
--> statement-breakpoint
drop trigger refuse_bad_asset on assets;
--> statement-breakpoint
create trigger refuse_bad_asset before insert or update of symbol, kind, asset_class, provider, exchange, currency on assets
  for each row execute function refuse_bad_asset();
