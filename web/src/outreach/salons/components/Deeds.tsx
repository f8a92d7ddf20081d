import { App, Button, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import styles from "../../campaigns/components/campaign.module.css";
import { type Deed, useSalonApproval, useSalonDeed, useSalonEnd } from "../api";
import type { SalonDetail } from "../types";
import { Ask } from "./Ask";

const WIDTH = { container: { maxWidth: 340 } };

/** What the viewer may do with a salon now. */
export function Deeds({ salon, onEdit }: { salon: SalonDetail; onEdit: () => void }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const { mutate, isPending, variables } = useSalonDeed(salon.id);
  const faulty = salon.faults.length > 0;
  const deeds: Deed[] = [];
  if (salon.may_withdraw) deeds.push("withdraw");
  if (salon.may_write && salon.state === "DRAFT") deeds.push("submit");
  return (
    <div className={styles.tools}>
      {salon.may_write && (
        <Popconfirm
          disabled={salon.state === "DRAFT"}
          title={t("salon.sure.edit")}
          styles={WIDTH}
          onConfirm={onEdit}
        >
          <Button {...(salon.state === "DRAFT" ? { onClick: onEdit } : {})}>{t("campaign.deed.edit")}</Button>
        </Popconfirm>
      )}
      {deeds.map((deed) => {
        const stuck = deed === "submit" && faulty;
        return (
          <Popconfirm
            key={deed}
            disabled={stuck}
            title={t(`salon.sure.${deed}`)}
            styles={WIDTH}
            onConfirm={() =>
              mutate(deed, {
                onSuccess: () => void message.success(t(`salon.done.${deed}`)),
                onError: problem,
              })
            }
          >
            <Button
              type={deed === "submit" ? "primary" : "default"}
              disabled={stuck}
              title={stuck ? t("campaign.faultyHint") : ""}
              loading={isPending && variables === deed}
            >
              {t(`campaign.deed.${deed}`)}
            </Button>
          </Popconfirm>
        );
      })}
      {salon.may_cancel && <End salon={salon} deed="cancel" />}
      {salon.may_decide && (
        <>
          <Approve salon={salon} />
          <End salon={salon} deed="refuse" />
        </>
      )}
    </div>
  );
}

function Approve({ salon: { id, digest, faults } }: { salon: SalonDetail }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const { mutate, isPending } = useSalonApproval(id);
  return (
    <Popconfirm
      disabled={faults.length > 0}
      title={t("salon.sure.approve")}
      styles={WIDTH}
      onConfirm={() =>
        mutate(digest, {
          onSuccess: () => void message.success(t("salon.done.approve")),
          onError: problem,
        })
      }
    >
      <Button type="primary" disabled={faults.length > 0} loading={isPending}>
        {t("decide.approve")}
      </Button>
    </Popconfirm>
  );
}

function End({ salon: { id, name }, deed }: { salon: SalonDetail; deed: "refuse" | "cancel" }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const { mutate, isPending, error } = useSalonEnd(id, deed);
  const said = t(deed === "refuse" ? "decide.refuse" : "salon.cancel");
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        {said}
      </Button>
      {open && (
        <Ask
          title={`${said} · ${name}`}
          deed={said}
          hint={t(`salon.sure.${deed}`)}
          pending={isPending}
          error={error}
          onSay={(reason) =>
            mutate(reason, {
              onSuccess: () => {
                setOpen(false);
                void message.success(t(`salon.done.${deed}`));
              },
            })
          }
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
