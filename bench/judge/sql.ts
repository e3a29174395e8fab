/** The work as one SQL statement on DuckDB, in a process of its own: `decode`, `binary` or `ranking`, then the file. */
import { DuckDBInstance } from "@duckdb/node-api";
import { groupings } from "./made-policies.ts";

const [work = "", file = ""] = process.argv.slice(2);
const names = groupings.filter((columns) => columns.length === 1).flat();

/** Every column read once. */
const decode = `SELECT ${[...names, "user_id", "label", "champion", "challenger"].map((name) => `max(${name})`).join(", ")} FROM '${file}'`;

/** Counts, log loss and AUC by 1,024 bins of one model on every grouping; no intervals. */
const binary = `
  WITH cells AS (
    SELECT ${names.join(", ")}, grouping(${names.join(", ")}) AS set, CAST(least(1023, floor(champion * 1024)) AS USMALLINT) AS bin,
      count(*) AS n, sum(label) AS hits, sum(-ln(CASE WHEN label = 1 THEN champion ELSE 1 - champion END)) AS loss
    FROM '${file}'
    GROUP BY GROUPING SETS (${groupings.map((columns) => `(${columns.join(", ")}, bin)`).join(", ")})
  ), ranked AS (
    SELECT *, n - hits AS misses, sum(n - hits) OVER (
      PARTITION BY set, ${names.join(", ")} ORDER BY bin ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS below
    FROM cells
  )
  SELECT set, ${names.join(", ")}, sum(n), sum(loss) / sum(n),
    sum(hits * (coalesce(below, 0) + misses / 2e0)) / (sum(hits) * sum(misses))
  FROM ranked GROUP BY ALL`;

/** MAP, NDCG@10 and recall@10 of one model over all lists; no slices, no intervals. */
const ranking = `
  WITH placed AS (
    SELECT request, label, row_number() OVER list AS place, sum(label) OVER (list ROWS UNBOUNDED PRECEDING) AS hits
    FROM '${file}' WINDOW list AS (PARTITION BY request ORDER BY champion DESC, item)
  ), lists AS (
    SELECT request, sum(label) AS relevant, sum(label * hits / place) / sum(label) AS ap,
      sum(label / log2(place + 1)) FILTER (place <= 10) AS dcg, sum(label) FILTER (place <= 10) AS found
    FROM placed GROUP BY request HAVING sum(label) > 0
  )
  SELECT avg(ap), avg(dcg / list_sum([1 / log2(k + 1) FOR k IN range(1, 1 + least(10, CAST(relevant AS BIGINT)))])),
    avg(found / relevant)
  FROM lists`;

const statement = { decode, binary, ranking }[work];
if (statement === undefined) throw new Error(`no such work: ${work}`);
const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
const started = performance.now();
const reader = await connection.runAndReadAll(statement);
const milliseconds = performance.now() - started;
process.stdout.write(`${JSON.stringify({ rows: reader.currentRowCount, milliseconds })}\n`);
