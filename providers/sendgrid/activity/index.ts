import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { EventWebhook } from "./event-webhook";
import { ParseWebhook } from "./parse-webhook";

export const resources: readonly AnyResource<SendGridApi>[] = [EventWebhook, ParseWebhook];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
