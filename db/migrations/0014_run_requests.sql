ALTER TABLE "pipeline_runs" ADD COLUMN "requests_total" integer;--> statement-breakpoint
ALTER TABLE "pipeline_runs" ADD COLUMN "requests_done" integer;--> statement-breakpoint
ALTER TABLE "pipeline_runs" ADD COLUMN "requests_failed" integer;