import type { AnyFunction, AnyResource } from "../../kit";
import type { SendGridApi } from "../api/api";
import { UnsubscribeGroup } from "./unsubscribe-group";

export const resources: readonly AnyResource<SendGridApi>[] = [UnsubscribeGroup];

export const functions: readonly AnyFunction<SendGridApi>[] = [];
