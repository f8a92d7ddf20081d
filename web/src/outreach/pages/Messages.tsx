import { Alert, Button, Segmented, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { count } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useOutreach, type Outreach } from "../api";
import { MessageList } from "../components/MessageList";
import { Providers } from "../components/Providers";
import styles from "../components/outreach.module.css";
import { useWhy } from "../useWhy";

const DAYS = [1, 7, 30] as const;
const DEFAULTS = { days: "7", state: "", why: "" };
const STALLED = 5 * 60_000;

/** 消息记录: what went, what did not and why, and how the channels do. */
export function Component() {
  const { t } = useTranslation("outreach");
  const [url, setUrl] = useUrlState(DEFAULTS);
  const days = DAYS.find((one) => `${one}` === url.days) ?? 7;
  const found = useOutreach(days);
  return (
    <>
      <PageTitle
        question={t("messages.question")}
        extra={
          <span className={styles.tools}>
            <Link to="/messages/policy">{t("policy.open")}</Link>
            <Segmented
              aria-label={t("messages.days")}
              value={days}
              options={DAYS.map((value) => ({ value, label: t("messages.lastDays", { count: value }) }))}
              onChange={(value) => setUrl({ days: `${value}` })}
            />
          </span>
        }
      />
      {found.error && !found.data && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {found.data && (
        <div className={styles.page}>
          <Summary data={found.data} at={found.dataUpdatedAt} />
          <div className={styles.two}>
            <Whys data={found.data} onWhy={(why) => setUrl({ why, state: "" })} />
            <Providers data={found.data} />
          </div>
          <MessageList state={url.state} why={url.why} onChange={setUrl} />
        </div>
      )}
    </>
  );
}

function Summary({ data, at }: { data: Outreach; at: number }) {
  const { t } = useTranslation("outreach");
  const format = useFormat();
  const figures = [
    ["sent", data.sent],
    ["delivered", data.delivered],
    ["failed", data.failed],
    ["refused", data.refused],
    ["waiting", data.waiting],
    ["optedOut", data.opted_out],
  ] as const;
  const stalled = data.oldest_waiting !== null && at - Date.parse(data.oldest_waiting) > STALLED;
  return (
    <>
      {stalled && data.oldest_waiting && (
        <Alert
          type="error"
          showIcon
          title={t("messages.stalled", { since: format.moment(data.oldest_waiting) })}
          description={t("messages.stalledHint")}
        />
      )}
      <Panel>
        <div className={styles.figures}>
          {figures.map(([name, value]) => (
            <div key={name} data-bad={name === "failed" && value > 0}>
              <span className={styles.quiet}>{t(`messages.figure.${name}`)}</span>
              <strong>{count(value)}</strong>
            </div>
          ))}
        </div>
      </Panel>
    </>
  );
}

function Whys({ data, onWhy }: { data: Outreach; onWhy: (why: string) => void }) {
  const { t } = useTranslation("outreach");
  const why = useWhy();
  const most = Math.max(1, ...data.whys.map(({ messages }) => messages));
  return (
    <Panel title={t("messages.whys")}>
      {data.whys.length === 0 ? (
        <p className={styles.quiet}>{t("messages.noWhys")}</p>
      ) : (
        <div className={styles.bars}>
          {data.whys.map((row) => (
            <Row
              key={row.why}
              label={why(row.why)}
              share={row.messages / most}
              number={row.messages}
              onPress={() => onWhy(row.why)}
            />
          ))}
        </div>
      )}
    </Panel>
  );
}

function Row(row: { label: string; share: number; number: number; onPress: () => void }) {
  return (
    <>
      <Button type="link" onClick={row.onPress}>
        {row.label}
      </Button>
      <span className={styles.bar} aria-hidden="true">
        <span style={{ width: `${row.share * 100}%` }} />
      </span>
      <span className="num">{count(row.number)}</span>
    </>
  );
}
