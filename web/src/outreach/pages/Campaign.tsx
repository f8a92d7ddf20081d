import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useParams } from "react-router";
import { useMe } from "@/access/api";
import { PageTitle } from "@/shared/components/PageTitle";
import { ProblemView } from "@/shared/components/ProblemView";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useCampaign, useCampaignChoices } from "../campaigns/api";
import { Editor } from "../campaigns/components/Editor";
import { Viewer } from "../campaigns/components/Viewer";

const NEW = "new";
const DEFAULTS = { edit: "", tab: "result", part: "", page: "1" };
const EDITED = "1";

/** One 营销活动: planned, approved, watched. */
export function Component() {
  const { t } = useTranslation("outreach");
  const { id = "" } = useParams();
  const navigate = useNavigate();
  const me = useMe();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const editing = url.edit === EDITED;
  const choices = useCampaignChoices();
  const found = useCampaign(Number(id) || 0, !editing);
  const whole = me.data?.rights.includes("template.write") && me.data.role === "HQ_OPS";
  if (id === NEW && me.data && !whole) return <Navigate to="/campaigns" replace />;
  const campaign = id === NEW ? null : found.data;
  const error = choices.error ?? (id === NEW ? null : found.error);
  if (!choices.data || campaign === undefined)
    return (
      <>
        <PageTitle question={t("campaign.question")} />
        {error ? (
          <ProblemView error={error} onRetry={() => void Promise.all([choices.refetch(), found.refetch()])} />
        ) : (
          <Skeleton active paragraph={{ rows: 10 }} />
        )}
      </>
    );
  if (campaign === null || (editing && campaign.may_write))
    return (
      <Editor
        key={id}
        campaign={campaign}
        choices={choices.data}
        onSaved={(saved) =>
          campaign === null
            ? void navigate(`/campaigns/${saved}`, { replace: true })
            : setUrl({ edit: undefined })
        }
        onLeave={() => (campaign === null ? void navigate("/campaigns") : setUrl({ edit: undefined }))}
      />
    );
  return <Viewer campaign={campaign} asked={url} onAsk={setUrl} onEdit={() => setUrl({ edit: EDITED })} />;
}
