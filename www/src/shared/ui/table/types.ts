import type { ReactNode } from 'react';

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** The API's name for `sort`; absent: it cannot be sorted by it. */
  sort?: string;
  align?: 'right';
  /** The card's heading on a phone; the first column unless another one says so. */
  isHeading?: boolean;
}

export interface RowAction<Row> {
  label: string;
  icon?: ReactNode;
  onClick: (row: Row) => void;
  isDangerous?: boolean;
  /** Why it cannot be done now, shown at the item; absent: it can. */
  disabled?: string | undefined;
}
