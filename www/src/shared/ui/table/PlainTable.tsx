import classes from './DataTable.module.css';
import { TableRow } from './Row';
import type { Column } from './types';

interface PlainTableProps<Row> {
  label: string;
  /** None of them is sorted by. */
  columns: readonly Omit<Column<Row>, 'sort'>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}

const NO_CALLS = { select: () => undefined, actions: () => [] };

/** Rows that are all here, in the looks of <DataTable>: cards on a phone. */
export function PlainTable<Row>({ label, columns, rows, keyOf }: PlainTableProps<Row>) {
  return (
    <div className={classes.scroll} tabIndex={-1}>
      <table role="table" aria-label={label} className={classes.table}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ key, title, align }) => (
              <th key={key} role="columnheader" data-align={align}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <TableRow key={keyOf(row)} row={row} columns={columns} name={keyOf(row)} isSelected={undefined} hasMenu={false} calls={NO_CALLS} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
