import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";

export const resources: readonly AnyResource<SendGridApi>[] = [];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
