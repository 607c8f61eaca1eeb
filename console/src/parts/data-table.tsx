// A plain table of numbers. On a phone each row becomes a small list, with the column's name before
// each value.

import type { ReactNode } from 'react'

export type Column<Row> = {
  readonly id: string
  readonly label: string
  readonly cell: (row: Row) => ReactNode
  readonly numeric?: boolean
  /** Its heading orders the table. */
  readonly sortable?: boolean
}

export type Sorting = { readonly by: string; readonly isDown: boolean }

type DataTableProps<Row> = {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowId: (row: Row) => string
  readonly captionShown?: boolean
  /** How the rows are ordered now, and what a heading asks for. The caller orders them. */
  readonly sorting?: { readonly now: Sorting; readonly onSort: (by: string) => void }
}

/** The first column is the row's heading. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  rowId,
  captionShown = false,
  sorting,
}: DataTableProps<Row>) {
  return (
    // Wide tables scroll sideways: by keyboard too.
    <div className="table-frame" tabIndex={0} role="group" aria-label={caption}>
      <table className="table">
        <caption className={captionShown ? undefined : 'visually-hidden'}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={column.numeric ? 'numeric' : undefined}
                aria-sort={ariaSort(column.id, sorting?.now)}
              >
                {sorting !== undefined && column.sortable === true ? (
                  <button type="button" className="table-sort" onClick={() => sorting.onSort(column.id)}>
                    {column.label}
                  </button>
                ) : (
                  column.label
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowId(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.id} scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td
                    key={column.id}
                    className={column.numeric ? 'numeric' : undefined}
                    data-label={column.label}
                  >
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const ariaSort = (id: string, now: Sorting | undefined): 'ascending' | 'descending' | undefined =>
  now === undefined || now.by !== id ? undefined : now.isDown ? 'descending' : 'ascending'
