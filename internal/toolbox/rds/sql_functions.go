package rds

import (
	"strings"
	"sync"
)

// sqlKeywords are the words that may stand before a parenthesis without being
// a call, wherever they stand: clauses, operators, and types with a length. Others
// do so behind certain tokens only: see opensClause.
var sqlKeywords = sync.OnceValue(func() map[string]bool {
	return wordSet(`
		select from where having on using as in and or not exists any all some between to
		case when then else end union except intersect distinct group values row lateral
		with limit offset order array interval grouping
		char character varchar numeric decimal dec float double precision int integer bigint smallint tinyint
		bit varbit time timestamp datetime binary varbinary text year`)
})

// pureSQLFunctions are functions that both databases either lack or run
// without a lasting effect. Sequences, locks, sleeps, files, settings, large
// objects and anything that runs a text as SQL are left out on purpose.
var pureSQLFunctions = sync.OnceValue(func() map[string]bool {
	return wordSet(`
		count sum avg min max string_agg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg group_concat
		bool_and bool_or every bit_and bit_or bit_xor stddev stddev_pop stddev_samp std variance var_pop var_samp
		percentile_cont percentile_disc mode corr covar_pop covar_samp regr_slope regr_intercept regr_r2
		json_arrayagg json_objectagg any_value
		row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value grouping

		coalesce nullif ifnull isnull if greatest least cast convert
		abs ceil ceiling floor round trunc truncate mod div power pow sqrt cbrt exp ln log log10 log2 sign pi degrees
		radians sin cos tan cot asin acos atan atan2 width_bucket random rand gcd lcm factorial conv hex unhex bin oct crc32

		lower lcase upper ucase length char_length character_length octet_length bit_length substring substr mid
		substring_index trim ltrim rtrim btrim replace concat concat_ws left right lpad rpad reverse repeat space
		position strpos locate instr split_part initcap ascii ord chr char format translate starts_with overlay insert
		elt field find_in_set strcmp soundex quote quote_literal quote_ident quote_nullable to_hex
		md5 sha1 sha sha2 sha224 sha256 sha384 sha512 encode decode to_base64 from_base64
		regexp_replace regexp_match regexp_matches regexp_split_to_array regexp_split_to_table regexp_like
		regexp_substr regexp_instr regexp_count to_char to_number

		now current_timestamp current_date current_time localtime localtimestamp clock_timestamp statement_timestamp
		transaction_timestamp timeofday sysdate curdate curtime utc_date utc_time utc_timestamp date_trunc date_part
		date_bin extract age justify_days justify_hours justify_interval isfinite make_date make_time make_timestamp
		make_timestamptz make_interval to_date to_timestamp date time date_add date_sub adddate subdate addtime subtime
		datediff timediff timestampdiff timestampadd date_format time_format str_to_date year quarter month monthname
		week weekday weekofyear yearweek day dayname dayofmonth dayofweek dayofyear hour minute second microsecond
		last_day makedate maketime unix_timestamp from_unixtime from_days to_days to_seconds time_to_sec sec_to_time
		period_add period_diff convert_tz timezone

		json_extract json_unquote json_contains json_contains_path json_keys json_length json_depth json_type json_valid
		json_value json_search json_object json_array json_quote json_pretty json_set json_insert json_replace
		json_remove json_merge_patch json_merge_preserve json_build_object json_build_array jsonb_build_object
		jsonb_build_array to_json to_jsonb row_to_json array_to_json json_array_length jsonb_array_length
		json_array_elements jsonb_array_elements json_array_elements_text jsonb_array_elements_text json_each jsonb_each
		json_each_text jsonb_each_text json_object_keys jsonb_object_keys json_typeof jsonb_typeof json_extract_path
		json_extract_path_text jsonb_extract_path jsonb_extract_path_text jsonb_path_query jsonb_path_query_array
		jsonb_path_query_first jsonb_path_exists jsonb_set jsonb_insert jsonb_strip_nulls json_strip_nulls jsonb_pretty

		array_length array_upper array_lower array_ndims array_position array_positions array_to_string string_to_array
		array_append array_prepend array_cat array_remove array_replace cardinality unnest generate_series
		generate_subscripts

		version database schema user current_user session_user system_user current_database current_schema
		current_schemas current_catalog connection_id pg_backend_pid pg_typeof pg_size_pretty pg_database_size
		pg_relation_size pg_table_size pg_indexes_size pg_total_relation_size pg_column_size to_regclass to_regtype
		has_table_privilege has_schema_privilege has_column_privilege has_database_privilege has_function_privilege
		pg_has_role obj_description col_description shobj_description format_type pg_get_viewdef pg_get_constraintdef
		pg_get_indexdef pg_get_functiondef pg_get_expr pg_get_userbyid pg_get_serial_sequence pg_table_is_visible
		pg_postmaster_start_time pg_is_in_recovery found_rows row_count charset collation coercibility
		match gen_random_uuid uuid uuid_to_bin bin_to_uuid is_uuid inet_aton inet_ntoa host masklen network`)
})

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}
