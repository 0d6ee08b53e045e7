# frozen_string_literal: true

require_relative 'ui'

run UI
