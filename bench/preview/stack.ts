import { stack } from "../../infra/stack";
import { previewOnce } from "./once";

void previewOnce(stack);
