import { ClusterOutlined } from "@ant-design/icons";
import { App, Button, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useMe } from "@/access/api";
import type { Schemas } from "@/app/client";
import { EmptyState } from "@/shared/components/EmptyState";
import { Panel } from "@/shared/components/Panel";
import { ProblemView } from "@/shared/components/ProblemView";
import { MINUS } from "@/shared/format/money";
import { count, percent } from "@/shared/format/numbers";
import { useFormat } from "@/shared/hooks/useFormat";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { Problem } from "@/shared/problem";
import { type Among, useGroups, useKeepGroups } from "../groupsApi";
import { HEAD_OFFICE } from "./SegmentForm";
import { useTold } from "./LivePanel";
import styles from "./groups.module.css";

type Found = Schemas["GroupsFound"];
type Group = Schemas["GroupFound"];
type Trait = Schemas["TraitOut"];
interface Wanted extends Among {
  number: number | null;
}

/** From which adjusted Rand index on groups count as the same, and as shifting. */
const STABLE = 0.8;
const SHIFTING = 0.5;
/** A bar's end: so many standard deviations from the average. */
const FURTHEST = 3;

/** Customers who resemble each other, found by k-means. */
export function AlikeGroups(wanted: Wanted) {
  const { t } = useTranslation("segments");
  const whole = useMe().data?.org.level === HEAD_OFFICE;
  const found = useGroups(wanted, whole);
  if (!whole)
    return (
      <Panel>
        <EmptyState icon={<ClusterOutlined />} title={t("groups.noRight")} hint={t("groups.noRightHint")} />
      </Panel>
    );
  if (found.error instanceof Problem && found.error.code === "too_few_to_group")
    return (
      <Panel>
        <EmptyState icon={<ClusterOutlined />} title={t("groups.tooFew")} hint={t("groups.tooFewHint")} />
      </Panel>
    );
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active paragraph={{ rows: 10 }} title={{ width: 240 }} />;
  return <Groups found={found.data} wanted={wanted} />;
}

function Groups({ found, wanted }: { found: Found; wanted: Wanted }) {
  const { t } = useTranslation("segments");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const problem = useProblemNotice();
  const keep = useKeepGroups();
  const { as_of, groups, of } = found;
  const save = (group: number | null) =>
    keep.mutate(
      { ...wanted, group, as_of },
      {
        onSuccess: ({ codes }) => {
          void message.success(t("saved.waits"));
          void navigate(group === null ? `/segments?q=${as_of}` : `/segments/${codes[0]}`);
        },
        onError: problem,
      },
    );
  return (
    <div className={styles.page}>
      <Panel
        flush
        title={t("groups.found", { number: groups.length, customers: count(of) })}
        extra={
          <Button loading={keep.isPending && keep.variables.group === null} onClick={() => save(null)}>
            {t("groups.saveAll")}
          </Button>
        }
      >
        <ul className={styles.groups} aria-label={t("groups.list")}>
          {groups.map((group) => (
            <GroupRow
              key={group.number}
              group={group}
              few={found.few}
              busy={keep.isPending && keep.variables.group === group.number}
              onSave={() => save(group.number)}
            />
          ))}
        </ul>
      </Panel>
      <div className={styles.side}>
        <Stability found={found} />
        <Tried found={found} automatic={wanted.number === null} />
      </div>
    </div>
  );
}

interface RowProps {
  group: Group;
  few: number;
  busy: boolean;
  onSave: () => void;
}

function GroupRow({ group: { number, title, customers, share, kept, traits }, few, busy, onSave }: RowProps) {
  const { t } = useTranslation("segments");
  const told = useTold();
  return (
    <li>
      <div className={styles.head}>
        <span className={styles.number}>{number}</span>
        <h3>{title}</h3>
        <Button loading={busy} onClick={onSave} aria-label={t("groups.saveOne", { title })}>
          {t("builder.save")}
        </Button>
      </div>
      <div className={styles.facts}>
        <span>
          <strong className="num">{told(customers, few)}</strong> {t("groups.people")}
        </span>
        {share !== null && (
          <span className={styles.quiet}>{t("groups.share", { share: percent(share) })}</span>
        )}
        <span className={styles.quiet}>
          {kept === null ? t("groups.keptUnknown") : t("groups.kept", { share: percent(kept, 0) })}
        </span>
      </div>
      {share !== null && (
        <span className={styles.share}>
          <span style={{ width: `${share * 100}%` }} />
        </span>
      )}
      {traits.length > 0 ? (
        <ul className={styles.traits}>
          {traits.map((trait) => (
            <TraitRow key={trait.title} trait={trait} />
          ))}
        </ul>
      ) : (
        <p className={styles.quiet}>{t("groups.noTraits")}</p>
      )}
    </li>
  );
}

/** What sets a group apart: a bar from the middle, to the left below the average and to the right above it. */
function TraitRow({ trait: { title, unit, apart, typical } }: { trait: Trait }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const spread = Math.min(Math.abs(apart) / FURTHEST, 1) * 50;
  const said = {
    money: (value: number) => format.money(Math.round(value)),
    share: (value: number) => percent(value, 0),
    times: (value: number) => t("groups.times", { times: value.toFixed(2) }),
    count: (value: number) => value.toFixed(1),
    years: (value: number) => value.toFixed(1),
  }[unit];
  return (
    <li>
      <span>{title}</span>
      <span
        className={styles.bar}
        title={t(apart > 0 ? "groups.above" : "groups.below", { deviations: Math.abs(apart).toFixed(1) })}
      >
        <span
          data-below={apart < 0}
          style={apart < 0 ? { right: "50%", width: `${spread}%` } : { left: "50%", width: `${spread}%` }}
        />
      </span>
      <span className={styles.deviations}>
        {apart < 0 ? MINUS : "+"}
        {Math.abs(apart).toFixed(1)}σ
      </span>
      <span className={styles.typical}>
        {typical === null ? "—" : t("groups.typical", { value: said(typical) })}
      </span>
    </li>
  );
}

/** Whether the groups of the last month ends were the same ones. */
function Stability({ found: { stability } }: { found: Found }) {
  const { t } = useTranslation("segments");
  const format = useFormat();
  const newest = stability[0];
  const state = (alike: number) => (alike >= STABLE ? "stable" : alike >= SHIFTING ? "shifting" : "unstable");
  const colour = { stable: "success", shifting: "warning", unstable: "error" } as const;
  return (
    <Panel title={t("groups.stability")}>
      {!newest && <p className={styles.quiet}>{t("groups.noMonthEnds")}</p>}
      {newest && (
        <>
          <p>{t(`groups.stateHint.${state(newest.alike)}`)}</p>
          <ul className={styles.months}>
            {stability.map(({ month_end, alike }) => (
              <li key={month_end}>
                <span>{format.shortDate(month_end)}</span>
                <span className={styles.track}>
                  <span style={{ width: `${Math.max(alike, 0) * 100}%` }} />
                </span>
                <span className="num">{alike.toFixed(2)}</span>
                <Tag color={colour[state(alike)]} variant="filled">
                  {t(`groups.state.${state(alike)}`)}
                </Tag>
              </li>
            ))}
          </ul>
          <p className={styles.quiet}>{t("groups.stabilityHint")}</p>
        </>
      )}
    </Panel>
  );
}

/** How well other numbers of groups would stand apart. */
function Tried({ found: { tried, groups }, automatic }: { found: Found; automatic: boolean }) {
  const { t } = useTranslation("segments");
  const most = Math.max(0.01, ...tried.map(({ apart }) => apart));
  return (
    <Panel title={t("groups.tried")}>
      <ul className={styles.months}>
        {tried.map(({ number, apart }) => (
          <li key={number} data-chosen={number === groups.length}>
            <span>{t("groups.many", { number })}</span>
            <span className={styles.track}>
              <span style={{ width: `${(Math.max(apart, 0) / most) * 100}%` }} />
            </span>
            <span className="num">{apart.toFixed(2)}</span>
            <span />
          </li>
        ))}
      </ul>
      <p className={styles.quiet}>{t(automatic ? "groups.triedHint" : "groups.triedByHand")}</p>
    </Panel>
  );
}
