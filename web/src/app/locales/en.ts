import antd from "antd/es/locale/en_US";
import access from "@/access/locale.en.json";
import app from "@/app/locale.en.json";
import care from "@/care/locale.en.json";
import customers from "@/customers/locale.en.json";
import effect from "@/effect/locale.en.json";
import nightly from "@/nightly/locale.en.json";
import oneid from "@/oneid/locale.en.json";
import outreach from "@/outreach/locale.en.json";
import privacy from "@/privacy/locale.en.json";
import scoring from "@/scoring/locale.en.json";
import segments from "@/segments/locale.en.json";
import shared from "@/shared/locale.en.json";
import standards from "@/standards/locale.en.json";

export default {
  resources: {
    access,
    app,
    care,
    customers,
    effect,
    nightly,
    oneid,
    outreach,
    privacy,
    scoring,
    segments,
    shared,
    standards,
  },
  antd,
};
