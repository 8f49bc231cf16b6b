import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { Alert } from "./alert";
import { IpPool } from "./ip-pool";

export const resources: readonly AnyResource<SendGridApi>[] = [IpPool, Alert];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
