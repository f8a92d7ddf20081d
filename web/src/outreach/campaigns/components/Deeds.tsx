import { App, Button, Input, Modal, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemView } from "@/shared/components/ProblemView";
import { useProblemNotice } from "@/shared/hooks/useProblemNotice";
import { type Deed, useCampaignDecision, useCampaignDeed } from "../api";
import type { CampaignDetail } from "../types";
import styles from "./campaign.module.css";

const LONGEST = 200;

function deedsOf(campaign: CampaignDetail): Deed[] {
  const deeds: Deed[] = [];
  if (campaign.may_withdraw) deeds.push("withdraw");
  if (campaign.may_write && campaign.state === "DRAFT") deeds.push("submit");
  if (campaign.may_start) deeds.push("start");
  if (campaign.may_resume) deeds.push("resume");
  if (campaign.may_pause) deeds.push("pause");
  if (campaign.may_end) deeds.push("end");
  return deeds;
}

/** What the viewer may do with a campaign now. */
export function Deeds({ campaign, onEdit }: { campaign: CampaignDetail; onEdit: () => void }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const { mutate, isPending, variables } = useCampaignDeed(campaign.id);
  const faulty = campaign.faults.length > 0;
  return (
    <div className={styles.tools}>
      {campaign.may_write && (
        <Popconfirm
          disabled={campaign.state === "DRAFT"}
          title={t("campaign.sure.edit")}
          styles={{ container: { maxWidth: 340 } }}
          onConfirm={onEdit}
        >
          <Button {...(campaign.state === "DRAFT" ? { onClick: onEdit } : {})}>
            {t("campaign.deed.edit")}
          </Button>
        </Popconfirm>
      )}
      {deedsOf(campaign).map((deed) => {
        const stuck = deed === "submit" && faulty;
        return (
          <Popconfirm
            key={deed}
            disabled={stuck}
            title={t(`campaign.sure.${deed}`)}
            styles={{ container: { maxWidth: 340 } }}
            onConfirm={() =>
              mutate(deed, {
                onSuccess: () => void message.success(t(`campaign.done.${deed}`)),
                onError: problem,
              })
            }
          >
            <Button
              type={deed === "submit" || deed === "start" ? "primary" : "default"}
              danger={deed === "end"}
              disabled={stuck}
              title={stuck ? t("campaign.faultyHint") : ""}
              loading={isPending && variables === deed}
            >
              {t(`campaign.deed.${deed}`)}
            </Button>
          </Popconfirm>
        );
      })}
      {campaign.may_decide && <Decide campaign={campaign} />}
    </div>
  );
}

function Decide({ campaign: { id, name, digest, faults } }: { campaign: CampaignDetail }) {
  const { t } = useTranslation("outreach");
  const { message } = App.useApp();
  const problem = useProblemNotice();
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState("");
  const { mutate, isPending, error } = useCampaignDecision(id);
  return (
    <>
      <Popconfirm
        title={t("campaign.sure.approve")}
        styles={{ container: { maxWidth: 340 } }}
        onConfirm={() =>
          mutate(
            { digest, reason: "" },
            { onSuccess: () => void message.success(t("campaign.done.approve")), onError: problem },
          )
        }
      >
        <Button type="primary" disabled={faults.length > 0} loading={isPending}>
          {t("decide.approve")}
        </Button>
      </Popconfirm>
      <Button danger onClick={() => setRefusing(true)}>
        {t("decide.refuse")}
      </Button>
      {refusing && (
        <Modal
          open
          title={`${t("decide.refuse")} · ${name}`}
          okText={t("decide.refuse")}
          okButtonProps={{ disabled: reason.trim() === "", danger: true }}
          confirmLoading={isPending}
          onOk={() =>
            mutate(
              { digest, reason: reason.trim() },
              {
                onSuccess: () => {
                  setRefusing(false);
                  void message.success(t("campaign.done.refuse"));
                },
              },
            )
          }
          onCancel={() => setRefusing(false)}
        >
          <div className={styles.form}>
            <label htmlFor="campaign-refusal">{t("decide.reason")}</label>
            <Input.TextArea
              id="campaign-refusal"
              rows={2}
              maxLength={LONGEST}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
            {error && <ProblemView error={error} />}
          </div>
        </Modal>
      )}
    </>
  );
}
