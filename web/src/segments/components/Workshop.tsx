import { RedoOutlined, UndoOutlined } from "@ant-design/icons";
import { Button, Drawer } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { KeyHelp } from "@/shared/components/KeyHelp";
import { Panel } from "@/shared/components/Panel";
import { useHotkeys } from "@/shared/hooks/useHotkeys";
import { useScreen } from "@/shared/hooks/useScreen";
import type { RuleFields } from "../api";
import { catalogueOf } from "../catalogue";
import { DrawingContext, type Drawing } from "../drawing";
import { both, EMPTY, inWan, toQuery, toRule } from "../mapping";
import type { Rule } from "../rule";
import type { useDraft } from "../useDraft";
import type { Live } from "../useLive";
import { LivePanel, SentencePanel, useTold } from "./LivePanel";
import { People } from "./People";
import { RuleTree } from "./RuleTree";
import { Typed } from "./Typed";
import styles from "./builder.module.css";

/** Sentences to begin with; the grammar reads them in Chinese, and each language says them in the keys of its texts. */
const EXAMPLES = ["rich", "maturing", "leaving"] as const;

/** So many ready ones are offered; all are in the library. */
const READY = 8;
const KEYS = ["t", "u", "r", "/", "?"] as const;

interface Props {
  fields: RuleFields;
  segments: Drawing["segments"];
  draft: ReturnType<typeof useDraft>;
  live: Live;
  /** 现成客群 that one can begin with. */
  ready: { code: string; name: string }[];
}

/** Where a rule is drawn: on the left the rule, on the right what it finds while it changes. */
export function Workshop({ fields, segments, ready, draft, live }: Props) {
  const { t, i18n } = useTranslation("segments");
  const { phone } = useScreen();
  const [text, setText] = useState("");
  const [looking, setLooking] = useState(false);
  const [help, setHelp] = useState(false);
  const { query, edit, undo, redo } = draft;
  const catalogue = useMemo(() => catalogueOf(fields), [fields]);
  const drawing = useMemo(
    () => ({ catalogue, query, edit, segments, problems: live.problems }),
    [catalogue, query, edit, segments, live.problems],
  );
  useHotkeys({
    u: () => undo?.(),
    r: () => redo?.(),
    t: () => document.querySelector<HTMLInputElement>(`.${styles.typed} input`)?.focus(),
    "?": () => setHelp(true),
  });
  const drawn = query.rules.length > 0;
  /** As this language writes amounts: 50 万元, 500,000 CNY. */
  const spoken = (rule: Rule) =>
    i18n.language === "en"
      ? toQuery(rule)
      : inWan(toQuery(rule), (name) => catalogue.field(name)?.kind === "money");
  const side = (
    <>
      <LivePanel live={live} />
      <SentencePanel live={live} />
      <People rule={toRule(query)} json={live.json} usable={live.countNow} />
    </>
  );
  return (
    <div className={styles.page}>
      <div className={styles.main}>
        <Panel title={t("typed.title")}>
          <Typed
            text={text}
            onText={setText}
            drawn={drawn}
            onApply={(rule, add) => edit(add ? both(query, spoken(rule)) : spoken(rule))}
          />
          {!drawn && (
            <div className={styles.begin}>
              <p className={styles.quiet}>{t("examples.title")}</p>
              <ul className={styles.examples}>
                {EXAMPLES.map((name) => (
                  <li key={name}>
                    <Button type="dashed" onClick={() => setText(t(`examples.${name}`))}>
                      {t(`examples.${name}`)}
                    </Button>
                  </li>
                ))}
              </ul>
              {ready.length > 0 && (
                <>
                  <p className={styles.quiet}>{t("examples.ready")}</p>
                  <div className={styles.readies}>
                    {ready.slice(0, READY).map(({ code, name }) => (
                      <Link key={code} to={`/segments/new?from=${code}`}>
                        {name}
                      </Link>
                    ))}
                  </div>
                </>
              )}
            </div>
          )}
        </Panel>
        <Panel
          title={t("rule")}
          extra={
            <span className={styles.buttons}>
              <Button
                type="text"
                icon={<UndoOutlined />}
                disabled={!undo}
                onClick={undo}
                aria-label={t("undo")}
                title={t("undo")}
              />
              <Button
                type="text"
                icon={<RedoOutlined />}
                disabled={!redo}
                onClick={redo}
                aria-label={t("redo")}
                title={t("redo")}
              />
              <Button type="text" disabled={!drawn} onClick={() => edit(EMPTY)}>
                {t("empty")}
              </Button>
            </span>
          }
        >
          <DrawingContext value={drawing}>
            <RuleTree />
          </DrawingContext>
        </Panel>
      </div>
      {phone ? (
        <>
          <PhoneCount live={live} onOpen={() => setLooking(true)} />
          <Drawer
            open={looking}
            onClose={() => setLooking(false)}
            placement="bottom"
            size="88dvh"
            title={t("live.title")}
          >
            <div className={styles.stack}>{side}</div>
          </Drawer>
        </>
      ) : (
        <aside className={styles.side}>{side}</aside>
      )}
      <KeyHelp
        title={t("keys.title")}
        keys={KEYS.map((key) => [key, t(`keys.${key}`)])}
        open={help}
        onClose={() => setHelp(false)}
      />
    </div>
  );
}

function PhoneCount({ live, onOpen }: { live: Live; onOpen: () => void }) {
  const { t } = useTranslation("segments");
  const told = useTold();
  const data = live.count;
  return (
    <div className={styles.phoneBar}>
      <span className={live.countNow ? undefined : styles.stale} role="status">
        {data ? <strong>{told(data.customers, data.few)}</strong> : t("live.none")}
      </span>
      <Button type="primary" ghost disabled={!data} onClick={onOpen}>
        {t("live.look")}
      </Button>
    </div>
  );
}
