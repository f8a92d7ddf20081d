import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { EmptyState } from "@/shared/components/EmptyState";
import { useFormat } from "@/shared/hooks/useFormat";
import { useScreen } from "@/shared/hooks/useScreen";
import { inMonth, monthFrom, weeksOf } from "../calendar";
import type { Campaign } from "../types";
import { useWindow } from "../useWindow";
import styles from "./campaign.module.css";
import { State } from "./State";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

interface Props {
  rows: Campaign[];
  month: string;
  onMonth: (month: string) => void;
}

/** Which campaigns are on, on which days of a month; on a phone a list. */
export function Calendar({ rows, month, onMonth }: Props) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const { phone } = useScreen();
  const on = inMonth(month, rows);
  return (
    <>
      <div className={styles.months}>
        <Button
          icon={<LeftOutlined />}
          aria-label={t("campaign.calendar.before")}
          onClick={() => onMonth(monthFrom(month, -1))}
        />
        <h2>{format.month(month)}</h2>
        <Button
          icon={<RightOutlined />}
          aria-label={t("campaign.calendar.after")}
          onClick={() => onMonth(monthFrom(month, 1))}
        />
      </div>
      {on.length === 0 && (
        <EmptyState title={t("campaign.calendar.none")} hint={t("campaign.calendar.noneHint")} />
      )}
      {on.length > 0 && (phone ? <List rows={on} /> : <Month rows={on} month={month} />)}
    </>
  );
}

function List({ rows }: { rows: Campaign[] }) {
  const window = useWindow();
  return (
    <ul className={styles.days}>
      {rows.map((row) => (
        <li key={row.id}>
          <Link to={`/campaigns/${row.id}`}>{row.name}</Link>
          <span>{window(row)}</span>
          <State campaign={row} />
        </li>
      ))}
    </ul>
  );
}

function Month({ rows, month }: { rows: Campaign[]; month: string }) {
  const { t } = useTranslation("outreach");
  const window = useWindow();
  return (
    <div className={styles.month}>
      <div className={styles.weekdays} aria-hidden="true">
        {WEEKDAYS.map((day) => (
          <span key={day}>{t(`campaign.calendar.${day}`)}</span>
        ))}
      </div>
      {weeksOf(month, rows).map(({ days, bars }) => (
        <div key={days[0]?.date} className={styles.week}>
          {days.map(({ date, inside }, column) => (
            <time key={date} dateTime={date} data-column={column + 1} data-outside={!inside || undefined}>
              {Number(date.slice(8))}
            </time>
          ))}
          {bars.map(({ row, from, days: long, before, after, line }) => (
            <Link
              key={row.id}
              to={`/campaigns/${row.id}`}
              className={styles.bar}
              title={`${row.name} ${window(row)} ${t(`campaign.state.${row.state}`)}`}
              data-state={row.state}
              data-before={before || undefined}
              data-after={after || undefined}
              style={{ gridArea: `${line + 2} / ${from} / auto / span ${long}` }}
            >
              {row.name}
            </Link>
          ))}
        </div>
      ))}
    </div>
  );
}
