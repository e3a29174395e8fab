/** What the server answers, as its schemas say. Types alone: nothing of them is in the page. */
import type { z } from "zod";
import type { answersSchema } from "../schemas/api/answer-schemas.ts";
import type {
  gatewaySchema,
  overrideDoneSchema,
  overrideSchema,
  overrideSubjectSchema,
} from "../schemas/api/gateway-schemas.ts";
import type { verdictViewSchema, versionViewSchema } from "../schemas/api/registry-schemas.ts";
import type { releaseViewSchema, rolledBackSchema } from "../schemas/api/release-schemas.ts";
import type { liveViewSchema, routingViewSchema } from "../schemas/api/routing-schemas.ts";
import type { scheduleViewSchema } from "../schemas/api/schedule-schemas.ts";
import type {
  auditEntrySchema,
  lineageSchema,
  meSchema,
  statusSchema,
  trailCheckSchema,
} from "../schemas/api/server-schemas.ts";
import type {
  alertListSchema,
  alertViewSchema,
  lookViewSchema,
  qualityViewSchema,
  retrainingViewSchema,
  runLogsSchema,
} from "../schemas/api/watch-schemas.ts";

export type Me = z.infer<typeof meSchema>;
export type Status = z.infer<typeof statusSchema>;
export type ModelStatus = Status["models"][number];
export type Alert = z.infer<typeof alertViewSchema>;
export type AlertList = z.infer<typeof alertListSchema>;
export type Release = z.infer<typeof releaseViewSchema>;
export type RolledBack = z.infer<typeof rolledBackSchema>;
export type RoutingChange = z.infer<typeof routingViewSchema>;
export type Live = z.infer<typeof liveViewSchema>;
export type Look = z.infer<typeof lookViewSchema>;
export type SliceQuality = z.infer<typeof qualityViewSchema>["measured"][number];
export type Version = z.infer<typeof versionViewSchema>;
export type Verdict = z.infer<typeof verdictViewSchema>;
export type Retraining = z.infer<typeof retrainingViewSchema>;
export type RunLogs = z.infer<typeof runLogsSchema>;
export type Answers = z.infer<typeof answersSchema>;
export type Lineage = z.infer<typeof lineageSchema>;
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export type TrailCheck = z.infer<typeof trailCheckSchema>;
export type Gateway = z.infer<typeof gatewaySchema>;
export type Override = z.infer<typeof overrideSchema>;
export type OverrideDone = z.infer<typeof overrideDoneSchema>;
export type OverrideSubject = z.infer<typeof overrideSubjectSchema>;
export type Schedule = z.infer<typeof scheduleViewSchema>;
