# frozen_string_literal: true

require_relative 'comments'

run Comments
