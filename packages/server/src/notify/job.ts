import { defineJob } from "../jobs/index.ts";

/** The delivery of one message. Ten pauses of 10 seconds and longer are some four hours. */
export const deliverJob = defineJob<{ delivery: string; webhook: string }>("deliver-webhook", {
  concurrency: 16,
  retries: 10,
  pause: 10,
  longest: 60,
});
