import { DeleteOutlined, MoreOutlined } from "@ant-design/icons";
import { Button, Dropdown, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { ActionProps, NotToggleProps } from "react-querybuilder";
import { useDrawing } from "../drawing";
import { at, changed, copy, type Group, group, insideOf, type Line, placeOf } from "../mapping";
import { isSpan, type When } from "../rule";
import { DateInput, SpanInput } from "./inputs";
import styles from "./builder.module.css";

/** What can be done with a condition or a group in the group that it stands in. */
function useActs(path: number[]): Record<string, () => void> {
  const { query, edit } = useDrawing();
  const above = path.slice(0, -1);
  const here = path.at(-1);
  if (here === undefined) return {};
  const { rules } = at(query, above) as Group;
  const inGroup = (change: (rules: Group["rules"]) => Group["rules"]) =>
    edit(changed<Group>(query, above, (one) => ({ ...one, bare: false, rules: change(one.rules) })));
  const swap = (a: number, b: number) => (found: Group["rules"]) => {
    const [one, other] = [found[a], found[b]];
    return one && other ? found.with(a, other).with(b, one) : found;
  };
  return {
    copy: () => inGroup((found) => found.flatMap((one, n) => (n === here ? [one, copy(one)] : [one]))),
    ...(here > 0 ? { up: () => inGroup(swap(here, here - 1)) } : {}),
    ...(here < rules.length - 1 ? { down: () => inGroup(swap(here, here + 1)) } : {}),
  };
}

function ActMenu({ name, acts }: { name: string; acts: Record<string, () => void> }) {
  const { t } = useTranslation("segments");
  const items = Object.keys(acts).map((key) => ({ key, label: t(`act.${key}`) }));
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => acts[key]?.() }}>
      <Button type="text" icon={<MoreOutlined />} aria-label={name} />
    </Dropdown>
  );
}

/** Whether a group is turned around, and of which date it is asked; and what is wrong with the group itself. */
export function GroupWords({ path }: NotToggleProps) {
  const { t } = useTranslation("segments");
  const { query, edit, problems } = useDrawing();
  const here = at(query, path) as Group;
  const put = (change: Partial<Group>) => edit(changed<Group>(query, path, (one) => ({ ...one, ...change })));
  const place = placeOf(query, path);
  const own = problems.filter(
    (one) => one.place === place || one.place === `${place}/on` || one.place === insideOf(here, place),
  );
  const acts = useActs(path);
  return (
    <>
      {here.at !== undefined && (
        <AtInput when={here.at} wrong={own.length > 0} onChange={(when) => put({ at: when })} />
      )}
      {here.not && <span className={styles.not}>{t("notThese")}</span>}
      <ActMenu
        name={t("act.moreGroup")}
        acts={{
          [here.not ? "unNegate" : "negateGroup"]: () => put({ not: !here.not }),
          [here.at === undefined ? "atDateGroup" : "now"]: () =>
            put({ at: here.at === undefined ? { n: 1, unit: "month" } : undefined }),
          ...acts,
        }}
      />
      {own.map(({ code, text }) => (
        <p key={code} className={styles.problem} role="alert">
          {text}
        </p>
      ))}
    </>
  );
}

function AtInput({ when, wrong, onChange }: { when: When; wrong: boolean; onChange: (when: When) => void }) {
  const { t } = useTranslation("segments");
  const status = wrong ? ("error" as const) : undefined;
  return (
    <span className={styles.amount}>
      <Select
        aria-label={t("atKind")}
        popupMatchSelectWidth={false}
        value={isSpan(when) ? "ago" : "on"}
        onChange={(kind) => onChange(kind === "ago" ? { n: 1, unit: "month" } : "")}
        options={["ago", "on"].map((one) => ({ value: one, label: t(`at.${one}`) }))}
      />
      {isSpan(when) ? (
        <>
          <SpanInput label={t("howLongAgo")} status={status} value={when} onChange={onChange} />
          <span className={styles.word}>{t("ago")}</span>
        </>
      ) : (
        <DateInput label={t("onDate")} status={status} value={when} onChange={onChange} />
      )}
    </span>
  );
}

/** What can be done with a condition beside changing it. */
export function LineMenu({ path }: ActionProps) {
  const { t } = useTranslation("segments");
  const { query, edit } = useDrawing();
  const wrap = (more: Partial<Group>) => edit(changed<Line>(query, path, (one) => group([one], more)));
  const acts = {
    negate: () => wrap({ not: true, bare: true }),
    atDate: () => wrap({ at: { n: 1, unit: "month" }, bare: true }),
    wrap: () => wrap({}),
    ...useActs(path),
  };
  return <ActMenu name={t("act.more")} acts={acts} />;
}

export function Remove({ path, ruleOrGroup }: ActionProps) {
  const { t } = useTranslation("segments");
  const { query, edit } = useDrawing();
  const above = path.slice(0, -1);
  const whole = "rules" in ruleOrGroup;
  // a `not` or `at` around one condition goes with it
  const alone = above.length > 0 && (at(query, above) as Group).rules.length === 1;
  return (
    <Button
      type="text"
      icon={<DeleteOutlined />}
      aria-label={t(whole ? "act.removeGroup" : "act.remove")}
      onClick={() => edit(changed(query, alone ? above : path, () => null))}
    />
  );
}
