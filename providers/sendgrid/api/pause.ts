/** Waits for a number of milliseconds; rejects with the signal's reason when it is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await abortable(signal, elapsed).finally(() => clearTimeout(timer));
}

/** What `work` comes to, unless the signal is aborted first. */
export async function abortable<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  let abort = () => {};
  // In the race also when it is over already, so that what the work comes to is never left unheard.
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  return await Promise.race([aborted, work]).finally(() => signal.removeEventListener("abort", abort));
}
