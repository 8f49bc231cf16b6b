import { runPlugin } from "../kit";
import { sendgridProvider } from "./provider";

runPlugin(sendgridProvider()).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
