import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { ApiKey } from "./api-key";

export const resources: readonly AnyResource<SendGridApi>[] = [ApiKey];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
