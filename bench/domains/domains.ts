import type { Engine } from "../../engine/find-engine";
import { LAYOUTS, type Layout } from "./layout";
import { type MeasuredStack, measureStack, PHASES, type Phase, type Surroundings } from "./measure";

/** The project's goal: with the most domains, the time per domain is at most this many times that with 10. */
export const GOAL = 1.3;
/** The number of domains that the others are compared with. */
export const BASE = 10;

export interface DomainsOptions {
  /** Sizes of the stack; {@link BASE} is measured in any case. */
  sizes: readonly number[];
  /** Stacks of each size, each in an account of its own. */
  runs: number;
  surroundings: Surroundings;
  onRun(line: string): void;
}

export interface DomainsBenchmark {
  runs: number;
  surroundings: Surroundings;
  layouts: LayoutResult[];
}

export interface LayoutResult {
  layout: Layout;
  /** The stack without a domain: what every size takes. */
  empty: MeasuredStack;
  sizes: SizeResult[];
}

/** The runs of a size, least time first; the details are those of the run with the shortest `up`. */
export interface SizeResult extends MeasuredStack {
  perDomain: Record<Phase, PerDomain>;
}

export interface PerDomain {
  /** Milliseconds for a domain, without those that the stack takes that has none. */
  milliseconds: number;
  /** That, divided by the same of {@link BASE} domains. */
  ratio: number;
}

/**
 * Measures preview and `up` of sender identities, by their number. The least of the runs counts, because what
 * disturbs the machine only adds time.
 */
export async function benchmarkDomains(engine: Engine, options: DomainsOptions): Promise<DomainsBenchmark> {
  const { runs, surroundings, onRun } = options;
  const sizes = [...new Set([BASE, ...options.sizes])].toSorted((a, b) => a - b);
  const least = async (layout: Layout, domains: number): Promise<MeasuredStack> => {
    const stacks: MeasuredStack[] = [];
    for (let run = 1; run <= runs; run++) {
      const shape = { domains, layout };
      const stack = await measureStack(engine, shape, surroundings);
      const { preview, up } = stack.phases;
      onRun(
        `${run}/${runs} ${layout}, ${domains} domains: preview ${seconds(preview.milliseconds)}, up ${seconds(up.milliseconds)}`,
      );
      stacks.push(stack);
    }
    return leastOf(stacks);
  };
  const layouts: LayoutResult[] = [];
  for (const layout of LAYOUTS) {
    const empty = await least(layout, 0);
    const measured: MeasuredStack[] = [];
    for (const domains of sizes) measured.push(await least(layout, domains));
    layouts.push({ layout, empty, sizes: compare(empty, measured) });
  }
  return { runs, surroundings, layouts };
}

/**
 * Whether the largest size of every layout keeps the goal in both phases. Undefined where nothing larger than
 * {@link BASE} was measured, or where noise left {@link BASE} no time above that of the empty stack.
 */
export function meetsGoal({ layouts }: DomainsBenchmark): boolean | undefined {
  const isJudged = layouts.every(
    ({ sizes }) =>
      (sizes.at(-1)?.domains ?? 0) > BASE &&
      PHASES.every((phase) =>
        sizes.every((size) => size.domains !== BASE || size.perDomain[phase].milliseconds > 0),
      ),
  );
  if (!isJudged) return undefined;
  return layouts.every(({ sizes }) =>
    PHASES.every((phase) => (sizes.at(-1)?.perDomain[phase].ratio ?? Number.POSITIVE_INFINITY) <= GOAL),
  );
}

function leastOf(stacks: readonly MeasuredStack[]): MeasuredStack {
  const [best] = stacks.toSorted((a, b) => a.phases.up.milliseconds - b.phases.up.milliseconds);
  if (best === undefined) throw new RangeError("no run was measured");
  const preview = stacks
    .map(({ phases }) => phases.preview)
    .reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
  return { ...best, phases: { ...best.phases, preview } };
}

/** @throws RangeError when there is no stack of {@link BASE} domains among them. */
export function compare(empty: MeasuredStack, measured: readonly MeasuredStack[]): SizeResult[] {
  const perDomain = ({ domains, phases }: MeasuredStack, phase: Phase) =>
    (phases[phase].milliseconds - empty.phases[phase].milliseconds) / domains;
  const base = measured.find(({ domains }) => domains === BASE);
  if (base === undefined) throw new RangeError(`no stack of ${BASE} domains was measured`);
  const of = (stack: MeasuredStack, phase: Phase): PerDomain => {
    const milliseconds = perDomain(stack, phase);
    return { milliseconds, ratio: milliseconds / perDomain(base, phase) };
  };
  return measured.map((stack) => ({
    ...stack,
    perDomain: { preview: of(stack, "preview"), up: of(stack, "up") },
  }));
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
