"""A constraint is named as the problem that it raises.  One whose name is no
code answers 500: that is right only where no client's input can raise it, and
those are listed here, each with the reason.
"""

import re

import pytest
import yaml

CONSTRAINTS = """
select conrelid::regclass::text, conname, contype::text,
       pg_get_constraintdef(c.oid)
  from pg_constraint c
  join pg_namespace n on n.oid = c.connamespace
 where n.nspname = 'public' and conrelid <> 0
   and contype in ('c', 'u', 'p', 'f', 'x')
   and not exists (select from pg_depend d
                    where d.objid = conrelid and d.deptype = 'e')
union all
select indrelid::regclass::text, c.relname, 'i', pg_get_indexdef(indexrelid)
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'public' and i.indisunique
   and not exists (select from pg_constraint k
                    where k.conindid = i.indexrelid)
 order by 1, 2
"""
SERVER_MADE = 'the server makes this key, and UUIDv7 do not collide'
# Why no client's input can raise them.
REASONS = {
    'the request schema refuses it first, with a pointer': """
        goal_check_in_text_length goal_learned_length goal_measure_known
        goal_measure_length goal_milestone_title_length goal_title_length
        goal_visibility_known goal_why_length
        goal_template_description_length goal_template_language_known
        goal_template_measure_known goal_template_measure_length
        goal_template_title_length
        session_notes_length session_recap_length session_reason_length
        session_answer_known
        seat_answer_length seat_attendance_known
        feedback_about_known feedback_about_length feedback_context_length
        feedback_did_known feedback_example_length feedback_keep_length
        feedback_release_known feedback_try_next_length feedback_useful_known
        feedback_request_about_known feedback_request_about_length
        feedback_request_context_length feedback_request_reason_length
        session_capacity_known session_description_length
        session_duration_known session_mode_known session_origin_known
        session_title_length session_visibility_known
        claim_can_help_known claim_interest_known claim_level_known
        claim_note_length claim_visibility_known
        claim_evidence_title_length claim_evidence_type_known
        claim_evidence_url_length
        person_language_known person_zone_length
        skill_kind_known skill_reference_length skill_reference_scheme_known
        endorsement_level_seen_known endorsement_saw_in_known
        endorsement_text_length
        organisation_deactivation_share_known sync_pause_reason_length
        machine_client_expect_known machine_client_name_length
        machine_client_scopes_count machine_client_scopes_known
        machine_credential_kind_known
        skill_relation_type_known""",
    'no operation writes it, only our own SQL does': """
        goal_companion_state_known goal_ended_when_over goal_state_known
        seat_attendance_has_source seat_attendance_source_known
        seat_attendance_when_confirmed seat_expires_when_offered
        seat_held_until_when_held seat_link_action_known seat_number_once
        seat_person seat_session seat_state_known session_code_form
        feedback_gone_when_deleted feedback_released_when_told
        feedback_request_reason_of_declined feedback_request_state_known
        feedback_says_something feedback_state_known
        feedback_usefulness_whole feedback_waits_in_window
        session_goal_goal session_goal_session
        engagement_person_unknown engagement_role_known engagement_session
        exchange_kind_known exchange_known_already exchange_origin_known
        exchange_person_exchange exchange_person_part_known
        exchange_person_person notification_actor notification_person
        session_skill_session session_option_session session_answer_session
        session_answer_option session_answer_person
        session_full session_host session_planned
        session_rescheduled_already session_rescheduled_from session_state_known
        claim_aside_is_retired claim_retired_when_deleted claim_source_known
        claim_state_known
        job_finished_when_over job_state_known
        machine_credential_hash_length machine_credential_hint_length
        skill_merged_into_state skill_state_known skill_successor_state
        skill_label_kind_known skill_merge_entry_kind_known
        endorsement_hidden_since endorsement_state_known
        endorsement_wordless_when_withdrawn
        sync_change_action_known sync_change_kind_known sync_pause_once
        sync_refusal_key
        person_total_key scim_person_person scim_team_key scim_team_team
        timer_already_set""",
    'imports and SCIM write it, and say themselves what is wrong': """
        scim_person_external_id_length scim_team_external_id_length
        employment_during_empty employment_manager_unknown
        employment_person_unknown employment_primary_overlaps
        employment_team_unknown employment_title_length
        login_identity_person login_identity_taken
        organisation_language_known organisation_name_form
        organisation_name_taken organisation_title_length
        person_country_form person_display_name_length person_email_length
        person_external_id_length person_external_id_taken
        person_family_name_length person_given_name_length
        person_user_name_length
        team_external_id_length team_external_id_taken team_name_length
        team_parent_unknown""",
    'it refers to the caller, or to what the same transaction found': """
        goal_check_in_goal goal_companion_goal goal_companion_person
        goal_milestone_goal goal_person goal_skill_goal
        session_skill_skill
        seat_link_seat session_code_session
        machine_client_created_by machine_credential_client
        machine_credential_created_by
        feedback_answer_form feedback_answered_answer feedback_answered_form
        feedback_answered_person feedback_form_session feedback_giver
        feedback_not_self feedback_receiver feedback_request_asked
        feedback_request_asker feedback_request_not_self feedback_request_of
        feedback_share_feedback feedback_share_person
        claim_person claim_merge claim_evidence_claim
        person_organisation person_block_blocked person_block_blocker
        skill_merged_into_unknown skill_organisation
        skill_suggested_by_unknown skill_label_skill skill_name_skill
        skill_parent_skill skill_reference_skill skill_relation_skill
        skill_merge_by skill_merge_from skill_merge_into
        endorsement_claim endorsement_endorser endorsement_exchange
        endorsement_person
        sync_pause_released_by
        skill_merge_undone_by skill_merge_entry_merge team_organisation""",
    'the statement makes its rows distinct, or takes what is there': """
        goal_companion_key goal_skill_key
        session_skill_key session_answer_key session_option_once
        seat_link_once session_code_key
        feedback_form_key feedback_request_asked_once feedback_share_key
        hr_contact_key
        engagement_key exchange_person_key session_goal_key
        person_block_key skill_label_key skill_name_key skill_parent_key
        skill_relation_key skill_merge_entry_key""",
    'the skills are locked and their state is looked at first': """
        skill_merge_once""",
    'it belongs to the program itself': """
        hefboom_migration_pkey test_clock_key test_clock_one""",
}
ALLOWED = {name: why for why, names in REASONS.items()
           for name in names.split()}


@pytest.fixture(scope='module')
def codes(root):
    text = (root / 'openapi' / 'problems.yaml').read_text()
    return set(yaml.safe_load(text)['problems'])


def reason(table, name, kind, definition):
    if name in ALLOWED:
        return ALLOWED[name]
    if kind == 'p' and re.fullmatch(
            r'PRIMARY KEY \((org_id, )?id\)', definition):
        return SERVER_MADE
    return None


def test_every_constraint_is_a_code_or_has_a_reason(db, codes):
    faults = [f'{table}.{name}: {definition}'
              for table, name, kind, definition in db.execute(CONSTRAINTS)
              if name not in codes
              and not reason(table, name, kind, definition)]
    assert not faults, '\n'.join(faults)


def test_the_list_names_nothing_that_is_gone(db, codes):
    names = {row[1] for row in db.execute(CONSTRAINTS)}
    assert set(ALLOWED) <= names, set(ALLOWED) - names
    assert not set(ALLOWED) & codes, set(ALLOWED) & codes


def test_constraint_names_are_not_made_by_postgresql(db):
    """`skill_name_check1` says nothing and changes with the order."""
    made = [f'{table}.{name}' for table, name, *_ in db.execute(CONSTRAINTS)
            if re.search(r'_(pkey|fkey|check|excl)\d*$', name)
            and name not in ALLOWED]
    assert not made, made


def test_the_check_itself(db, codes):
    assert reason('t', 't_key', 'p', 'PRIMARY KEY (org_id, id)')
    assert not reason('t', 't_name', 'u', 'UNIQUE (org_id, name)')
