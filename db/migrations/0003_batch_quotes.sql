ALTER TABLE "batches" ADD COLUMN "quote_price" double precision;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "quote_currency" text;--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "quote_time" timestamp with time zone;