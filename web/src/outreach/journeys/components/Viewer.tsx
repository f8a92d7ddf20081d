import { EditOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { Button, Select, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/access/api";
import { PageTitle } from "@/shared/components/PageTitle";
import { Panel } from "@/shared/components/Panel";
import { count, percent } from "@/shared/format/numbers";
import { useSay } from "../useSay";
import { mayDraw, usual } from "../versions";
import type { Choices, JourneyDetail } from "../types";
import { Board } from "./Board";
import { Customers } from "./Customers";
import { Deeds } from "./Deeds";
import { DryRun } from "./DryRun";
import { Effect } from "./Effect";
import { Faults } from "./Faults";
import styles from "./journey.module.css";
import { Notices } from "./Notices";
import { Outcome } from "./Outcome";
import { State } from "./State";
import { StepFacts } from "./StepFacts";
import { Versions } from "./Versions";

export interface Asked {
  tab: string;
  state: string;
  step: string;
  page: string;
}

interface Props {
  journey: JourneyDetail;
  choices: Choices;
  asked: Asked;
  onAsk: (asked: Partial<Asked>) => void;
  onShow: (number: number | undefined) => void;
  onEdit: () => void;
}

/** One journey: the version that is shown with who stands where, what may be done, who is in it, what it brings. */
export function Viewer({ journey, choices, asked, onAsk, onShow, onEdit }: Props) {
  const { t } = useTranslation("outreach");
  const me = useMe();
  const say = useSay(choices);
  const [open, setOpen] = useState<string | null>(null);
  const [trying, setTrying] = useState(false);
  const { id, name, definition, check, counts, versions, number } = journey;
  const shown = versions.find((version) => version.number === number);
  const undecided = shown?.state === "DRAFT" || shown?.state === "PENDING";
  const running = journey.entered > 0;
  const see = (step: string) => {
    setOpen(null);
    onAsk({ tab: "customers", step, state: "INSIDE", page: "1" });
  };
  const flow = (
    <div className={`${styles.columns} ${styles.stage}`}>
      <Board
        definition={definition}
        say={say}
        faults={check.faults}
        {...(running ? { counts } : {})}
        chosen={open}
        onOpen={setOpen}
        onCount={see}
      />
      <div className={styles.aside}>
        {undecided && (
          <Faults
            definition={definition}
            check={check}
            say={say}
            draft={shown.state === "DRAFT"}
            onOpen={setOpen}
          />
        )}
        <Outcome journey={journey} say={say} />
      </div>
      {open !== null && (
        <StepFacts
          definition={definition}
          id={open}
          faults={check.faults}
          counts={running ? counts : []}
          say={say}
          onCount={see}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
  return (
    <>
      <PageTitle
        question={name}
        extra={
          <span className={styles.tools}>
            {me.data?.rights.includes("template.write") && journey.state !== "STOPPED" && (
              <Button
                icon={<PlayCircleOutlined />}
                disabled={check.faults.length > 0}
                title={check.faults.length > 0 ? t("journey.deed.faulty") : ""}
                onClick={() => setTrying(true)}
              >
                {t("journey.deed.dry")}
              </Button>
            )}
            {mayDraw(journey) && (
              <Button icon={<EditOutlined />} onClick={onEdit}>
                {t("journey.deed.edit")}
              </Button>
            )}
            <Deeds journey={journey} newest={number === usual(versions)} />
          </span>
        }
      />
      <div className={styles.page}>
        <Panel>
          <div className={styles.head}>
            <span className={styles.tools}>
              <State journey={journey} />
              <Select
                aria-label={t("journey.version")}
                popupMatchSelectWidth={false}
                value={number}
                options={versions
                  .toSorted((a, b) => b.number - a.number)
                  .map((version) => ({
                    value: version.number,
                    label: t("journey.versionName", {
                      number: version.number,
                      state: t(
                        version.in_force ? "journey.inForce" : `journey.versionState.${version.state}`,
                      ),
                    }),
                  }))}
                onChange={(to) => onShow(to === usual(versions) ? undefined : to)}
              />
              <Link to="/journeys">{t("journey.toList")}</Link>
            </span>
            <span className={styles.figures}>
              <span>
                {t("journey.inside")}
                <strong>{count(journey.inside)}</strong>
              </span>
              <span>
                {t("journey.entered")}
                <strong>{count(journey.entered)}</strong>
              </span>
              {journey.has_goal && (
                <span>
                  {t("journey.reached")}
                  <strong>
                    {count(journey.reached)}
                    {journey.entered > 0 && <small>{percent(journey.reached / journey.entered)}</small>}
                  </strong>
                </span>
              )}
            </span>
          </div>
        </Panel>
        <Notices journey={journey} onShow={onShow} />
        <Tabs
          activeKey={asked.tab}
          onChange={(tab) => onAsk({ tab })}
          destroyOnHidden
          items={[
            { key: "flow", label: t("journey.tab.flow"), children: flow },
            {
              key: "customers",
              label: t("journey.tab.customers"),
              children: <Customers journey={journey} say={say} asked={asked} onAsk={onAsk} />,
            },
            { key: "effect", label: t("journey.tab.effect"), children: <Effect journey={journey} /> },
            {
              key: "versions",
              label: t("journey.tab.versions"),
              children: <Versions journey={journey} onShow={onShow} />,
            },
          ]}
        />
      </div>
      {trying && <DryRun definition={definition} id={id} say={say} onClose={() => setTrying(false)} />}
    </>
  );
}
