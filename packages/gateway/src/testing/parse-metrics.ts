/** A value of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric as Prometheus reads it. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/** Reads Prometheus' text format, version 0.0.4, as strictly as it is written down. @throws Error naming the line */
export function parseMetrics(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, { name: string; type: string; help: string; samples: Sample[] }>();
  const series = new Set<string>();
  const familyOf = (name: string) => {
    const family = families.get(name) ?? { name, type: "", help: "", samples: [] };
    families.set(name, family);
    return family;
  };
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  for (const line of text.slice(0, -1).split("\n")) {
    const [, kind, name = "", words = ""] = /^# (HELP|TYPE) ([^ ]+) (.+)$/.exec(line) ?? [];
    if (line === "") continue;
    if (kind !== undefined) {
      const family = familyOf(name);
      if (!NAME.test(name) || family.samples.length > 0) throw new Error(`out of place: ${line}`);
      if (kind === "HELP") family.help = words;
      else family.type = words;
      continue;
    }
    const sample = readSample(line);
    const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).toSorted())}`;
    if (series.has(key)) throw new Error(`twice: ${line}`);
    series.add(key);
    const own = [sample.name, sample.name.replace(/_(bucket|sum|count)$/, "")].find((one) => families.has(one));
    if (own === undefined) throw new Error(`no TYPE before ${line}`);
    familyOf(own).samples.push(sample);
  }
  return families;
}

function readSample(line: string): Sample {
  const [, name, inner = "", value = ""] = SAMPLE.exec(line) ?? [];
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  let end = 0;
  for (let found = LABEL.exec(inner); found !== null; found = LABEL.exec(inner)) {
    const [, label = "", text = ""] = found;
    labels[label] = text.replace(/\\(["\\n])/g, (_, one: string) => (one === "n" ? "\n" : one));
    end = LABEL.lastIndex;
  }
  const number = value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value);
  if (name === undefined || end !== inner.length || Number.isNaN(number)) throw new Error(`no sample: ${line}`);
  return { name, labels, value: number };
}

/** What Prometheus' own linter would say of names, types and units. */
export function lintMetrics(families: ReadonlyMap<string, Family>): string[] {
  return [...families.values()].flatMap(({ name, type, help, samples }) => {
    const faults: string[] = [];
    const say = (is: boolean, fault: string) => void (is ? faults.push(`${name}: ${fault}`) : undefined);
    say(!/^[a-z][a-z0-9_]*$/.test(name), "is not in snake case");
    say(!["counter", "gauge", "histogram"].includes(type), `has the type "${type}"`);
    say(help === "", "has no help");
    say((type === "counter") !== name.endsWith("_total"), "counters, and they alone, end in _total");
    say(/_(bucket|sum|count)$/.test(name), "ends like a part of a histogram");
    say(/_(counter|gauge|histogram)\b/.test(name), "names its type");
    say(/(milli|micro|nano)seconds|_ms\b|minutes|hours|_kb|_mb|percent/.test(name), "is not in base units");
    if (type === "histogram") faults.push(...lintBuckets(name, samples));
    return faults;
  });
}

/** Each series of a histogram counts up to its count. */
function lintBuckets(name: string, samples: readonly Sample[]): string[] {
  return samples
    .filter((sample) => sample.name === `${name}_count`)
    .flatMap(({ labels, value }) => {
      const own = samples.filter(({ name: other, labels: { le: _, ...rest } }) => {
        return other === `${name}_bucket` && JSON.stringify(rest) === JSON.stringify(labels);
      });
      const counts = own.map((bucket) => bucket.value);
      const isCumulative = counts.every((count, place) => count >= (counts[place - 1] ?? 0));
      const isWhole = own.at(-1)?.labels.le === "+Inf" && counts.at(-1) === value;
      return isCumulative && isWhole ? [] : [`${name}: buckets don't add up to ${value}: ${counts.join(", ")}`];
    });
}
