package mcpserver

// vendorShapes are the tokens of services that are known by their form. Each is as its
// vendor documents it.
//
// ARCHITECTURE.md says why no library is used.
func vendorShapes() []shape {
	return []shape{
		// Well-known tokens.
		prefixed(nil, `[\w.$%-]{8,}`, "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "xoxa-", "xoxb-", "xoxe-", "xoxe.xoxb-", "xoxe.xoxp-", "xoxp-", "xoxc-", "xoxd-", "xoxr-", "xoxs-", "xapp-",
			"sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "rk_prod_", "whsec_", "glpat-", "glptt-", "gldt-", "glrt-", "glcbt-", "glagent-", "gloas-", "glsoat-", "glft-", "glimt-",
			"pypi-", "dop_v1_", "doo_v1_", "dor_v1_", "hvs.", "hvb.", "hvr.", "sk-ant-", "sk-proj-", "sk-svcacct-", "sk-or-", "ya29.",
			"shpat_", "shpss_", "shpca_", "shppa_", "sq0atp-", "sq0csp-", "rubygems_", "lin_api_", "PMAK-", "NRAK-", "pscale_pw_", "pscale_tkn_", "pscale_oauth_",
			"dp.pt.", "dp.st.", "figd_", "sbp_", "sntrys_", "sntryu_", "tskey-", "ATATT3", "ATCTT3", "ATBB", "GOCSPX-", "dt0c01.", "CCIPAT_", "HRKU-", "ops_ey",
			"GR1348941", "r8_", "gsk_", "xai-", "pplx-", "nfp_", "fo1_", "fm1_", "fm2_", "AKCp", "cmVmdGtu", "bkua_", "EZAK", "EZTK", "tfp_", "pnu_", "pnb_", "rdme_", "xkeysib-", "xsmtpsib-",
			"CFPAT-", "p8e-", "CLOJARS_", "duffel_live_", "duffel_test_", "fio-u-", "rzp_live_", "rzp_test_", "FLWSECK-", "FLWSECK_TEST-", "v2.local.", "v3.local.", "v4.local.",
			"access_token$production$", "access_token$sandbox$", "1//0"),
		prefixed(tokenLike, `[\w-]{8,}`, "hf_", "dckr_pat_", "dckr_oat_", "hawser_", "glsa_", "glc_", "ntn_", "pul-", "npm_"),
		prefixed(nil, `[0-9a-f]{32}`, "dapi", "key-", "SK"),
		prefixed(nil, `[\w-]{20,}`, "AIza"),
		prefixed(nil, `[A-Za-z0-9]{20,}`, "sk-"),
		prefixed(nil, `[\w-]{10,}\.[\w-]{10,}`, "SG."),
		of(nil, `(?i)\bAGE-SECRET-KEY-1(?P<s>\w{8,})`, "age-secret-key-"),
		of(nil, `\b\w{14}\.atlasv1\.(?P<s>[\w-]{20,})`, ".atlasv1."),
		of(nil, `(?:\b|bot)\d{8,10}:AA(?P<s>[\w-]{30,})`, ":aa"), // of Telegram's bots
		of(nil, `hooks\.slack\.com/(?:services|workflows|triggers)/(?P<s>[\w/]{10,})`, "hooks.slack.com"),
		of(nil, `discord(?:app)?\.com/api/webhooks/\d+/(?P<s>[\w-]{10,})`, "/api/webhooks/"),
		prefixed(mixed, `[A-Za-z0-9]{40,}`, "EAAA", "EAAC", "EAAB"),     // of Square and Facebook
		prefixed(mixed, `[A-Za-z0-9]{40,}`, "secret_"),                  // of Notion
		of(mixedDigits, `s\.(?P<s>[A-Za-z0-9]{24})(?:[^\w.-]|$)`, "s."), // of Vault before version 1.10
		prefixed(nil, `[0-9a-f]{32,}`, "live_", "test_"),                // of Lob
		of(nil, `\bpat-(?:na|eu)\d-(?P<s>[0-9a-f-]{8,})`, "pat-na", "pat-eu"),
		of(nil, `pat[A-Za-z0-9]{14}\.(?P<s>[0-9a-f]{32,})`, "pat"),
		of(nil, `\b[\w.~-]{3}\dQ~(?P<s>[\w.~-]{30,})`, "q~"),                                                                 // of Entra ID
		of(nil, `\b(?P<s>[0-9a-f]{32})-us\d{1,2}\b`, "-us1", "-us2", "-us3", "-us4", "-us5", "-us6", "-us7", "-us8", "-us9"), // of Mailchimp
		of(nil, `\b(?P<s>[0-9a-zA-Z]{32,36}NRAL)\b`, "nral"),
		of(nil, `v1\.0-[0-9a-f]{24}-(?P<s>[0-9a-f]{32,})`, "v1.0-"), // of Cloudflare
		of(nil, `1/\d{16}:(?P<s>[0-9a-f]{32})`, "1/"),               // of Asana
		of(nil, `AC[0-9a-f]{32}[\s:,"']+(?P<s>[0-9a-fA-F]{32})\b`, "ac"),
		of(nil, `1000\.(?P<s>[0-9a-f]{32}\.[0-9a-f]{32})`, "1000."), // of Zoho
		of(nil, `webhook\.office\.com/webhookb2/(?P<s>[^\s"'<>]+)`, "webhook.office.com"),
	}
}
