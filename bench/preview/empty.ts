import { previewOnce } from "./once";

void previewOnce(async () => ({}));
