import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { ApiKey } from "./api-key";
import { Subuser } from "./subuser";

export const resources: readonly AnyResource<SendGridApi>[] = [ApiKey, Subuser];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
